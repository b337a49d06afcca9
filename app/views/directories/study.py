"""Directories of study."""

from app.models.directories import study
from app.panel.menu import Menu
from app.views.directories.base import Directory


class SubjectAreaView(Directory, model=study.SubjectArea):
    route = "subject_areas"
    menu = Menu("Справочники", order=30, icon="book-2")


class SubjectView(Directory, model=study.Subject):
    route = "subjects"
    menu = Menu("Справочники", order=31, icon="book")


class StudyProfileView(Directory, model=study.StudyProfile):
    route = "study_profiles"
    menu = Menu("Справочники", order=32, icon="school")


class RoomView(Directory, model=study.Room):
    route = "rooms"
    menu = Menu("Справочники", order=40, icon="door-exit")
    search_hint = "Номер или название"


class PlatformView(Directory, model=study.Platform):
    route = "platforms"
    menu = Menu("Справочники", order=41, icon="device-desktop", title="Платформы обучения")


class AchievementKindView(Directory, model=study.AchievementKind):
    route = "achievement_kinds"
    menu = Menu("Справочники", order=60, icon="certificate")
