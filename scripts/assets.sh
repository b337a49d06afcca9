#!/bin/sh
# Renews app/static/vendor from the exact versions in package.json (`make assets`).
# Only needed when a version changes: the built files are committed and the panel never calls the network.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$root/package.json" "$work/"
(cd "$work" && npm install --ignore-scripts --no-audit --no-fund --no-package-lock --silent)
npm="$work/node_modules"
vendor="$root/app/static/vendor"

take() { # package folder-in-vendor file…: the built files without their source-map line, and the licence
  package=$1 folder="$vendor/$2"
  shift 2
  rm -rf "$folder"
  mkdir -p "$folder"
  for file in "$@"; do
    case $file in
      *.css | *.js) sed -e 's|/\*# sourceMappingURL=[^*]*\*/||' -e '/^\/\/# sourceMappingURL=/d' "$npm/$package/$file" >"$folder/$(basename "$file")" ;;
      *) cp "$npm/$package/$file" "$folder/" ;;
    esac
  done
  if [ -f "$npm/$package/LICENSE" ]; then cp "$npm/$package/LICENSE" "$folder/LICENSE"; fi
}

take @tabler/core tabler dist/css/tabler.min.css
take tom-select tom-select dist/js/tom-select.complete.min.js dist/css/tom-select.bootstrap5.min.css
take htmx.org htmx dist/htmx.min.js
take @fontsource/pt-sans pt-sans \
  files/pt-sans-cyrillic-400-normal.woff2 files/pt-sans-cyrillic-700-normal.woff2 \
  files/pt-sans-latin-400-normal.woff2 files/pt-sans-latin-700-normal.woff2
# A font is asked for by the sheet: its address carries the content hash too, so that a browser keeps it for ever.
for font in "$vendor"/pt-sans/*.woff2; do
  name=$(basename "$font") hash=$(sha256sum "$font" | cut -c1-12)
  sed -i "s|$name[^\"]*\"|$name?v=$hash\"|" "$root/app/static/panel/panel.css"
done
# @tabler/core names its licence (MIT) without carrying the text: the same text with its own copyright line.
{
  grep -m1 'Copyright .* The Tabler Authors' "$vendor/tabler/tabler.min.css" | sed 's/^ \* /The MIT License (MIT)\n\n/'
  echo
  sed -n '/^Permission is hereby/,$p' "$npm/@tabler/icons/LICENSE"
} >"$vendor/tabler/LICENSE"

# What only the tests use: the panel does not serve it.
tests="$root/tests/browser/vendor"
mkdir -p "$tests"
cp "$npm/axe-core/axe.min.js" "$tests/"
cp "$npm/axe-core/LICENSE" "$npm/axe-core/LICENSE-3RD-PARTY.txt" "$tests/"

# One sprite of the icons the panel uses; a name added to scripts/assets.icons appears after the next `make assets`.
mkdir -p "$vendor/tabler-icons"
cp "$npm/@tabler/icons/LICENSE" "$vendor/tabler-icons/LICENSE"
sprite="$vendor/tabler-icons/sprite.svg"
names=$(grep -v '^#' "$root/scripts/assets.icons" | tr -s ' \n' '\n' | sort -u)
{
  echo '<svg xmlns="http://www.w3.org/2000/svg">'
  for name in $names; do
    printf '<symbol id="%s" viewBox="0 0 24 24">' "$name"
    sed -n '/<path\|<circle\|<rect\|<line/p' "$npm/@tabler/icons/icons/outline/$name.svg" |
      grep -v 'M0 0h24v24H0z' | tr -d '\n' | sed 's/  *\/>/\/>/g; s/^ *//; s/> *</></g'
    echo '</symbol>'
  done
  echo '</svg>'
} >"$sprite"
{
  echo '{#- Made by scripts/assets.sh from scripts/assets.icons: do not edit. An unknown name draws a point. -#}'
  printf '{%% set known = ['
  for name in $names; do printf '"%s", ' "$name"; done
  echo '] %}'
  echo '{% macro icon(name, class="") -%}'
  echo '<svg class="icon {{ class }}" aria-hidden="true" focusable="false"><use href="{{ static_url("vendor/tabler-icons/sprite.svg") }}#{{ name if name in known else "point" }}"/></svg>'
  echo '{%- endmacro %}'
} >"$root/app/templates/panel/_icons.html"
du -sh "$vendor"
