/* Forms: fields that follow a choice, a related record created in place. Works over panel.js. */
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];

  // Fields that belong to some of the choices of another only; a hidden field is not sent
  function showFor() {
    $$(".field[data-show-for]").forEach((wrap) => {
      const choice = document.getElementsByName(wrap.dataset.showBy)[0]?.value;
      if (choice !== undefined) toggle(wrap, wrap.dataset.showFor.split(" ").includes(choice));
    });
  }
  function toggle(wrap, on) {
    if (wrap.hidden === !on) return;
    wrap.hidden = !on;
    $$("input, select, textarea", wrap).forEach((el) => { el.disabled = !on; if (el.tomselect) on ? el.tomselect.enable() : el.tomselect.disable(); });
  }
  // A related record created in place: its form in a window over this one, which stays as it is
  const ENDED = "Сеанс закончился: сохранить введённое здесь нельзя, войдите в другой вкладке и повторите.";
  const LOST = "Связи с панелью нет. Введённое на месте: попробуйте ещё раз.";
  let asking = null, opener = null; // the select that the window was opened for, and its button
  let ended = false;
  function makeBox() {
    const box = document.createElement("dialog");
    box.id = "in-place";
    box.setAttribute("aria-labelledby", "in-place-title");
    box.addEventListener("keydown", (e) => { if (e.key === "Escape" && !e.defaultPrevented) { e.preventDefault(); leave(); } });
    box.addEventListener("cancel", (e) => { e.preventDefault(); leave(); });
    box.addEventListener("panel:send", (e) => send(e.target));
    document.body.append(box);
    return box;
  }
  const box = () => $("#in-place") || makeBox();
  const form = () => $("form", box());
  function address(button, select) {
    const url = new URL(button.dataset.new, location.href), row = select.name.replace(/[^-]*$/, "");
    $$("select[data-remote][name]", select.form).forEach((other) => {
      const name = row && other.name.startsWith(row) ? other.name.slice(row.length) : other.name;
      if (other !== select && other.value && !name.includes("-")) url.searchParams.set(name, other.value);
    });
    return url;
  }
  async function reach(url, options = {}) {
    const headers = { Accept: "application/json, text/html;q=0.9", "X-Requested-With": "fetch" };
    const answer = await fetch(url, { headers, credentials: "same-origin", ...options });
    const out = answer.redirected || answer.status === 401;
    ended = out || answer.status === 400; // the next try asks for a new token first
    if (out) throw new Error(ENDED);
    if (!answer.ok && answer.status !== 422) throw new Error((await answer.json().catch(() => ({}))).error || LOST);
    return answer;
  }
  function show(html) {
    box().innerHTML = html;
    window.panel.enhance(box());
    const first = $("#new-errors") || $("input:not([type=hidden]), select, textarea", form());
    focus(first);
  }
  function focus(el) {
    (el?.tomselect || el)?.focus();
  }
  function complain(error) {
    const text = error instanceof TypeError ? LOST : error.message;
    $("[data-in-place-note]", box())?.remove();
    const note = document.createElement("div");
    note.className = "note note-danger";
    note.dataset.inPlaceNote = "";
    note.setAttribute("role", "alert");
    note.textContent = text;
    form().querySelector(".acts").before(note);
  }
  const blank = (title) => `<form data-in-place novalidate><h2 id="in-place-title">${title}</h2><div class="acts"><button class="btn btn-plain" type="button" data-in-place-close>Закрыть</button></div></form>`;
  async function open(button) {
    asking = document.getElementById(button.dataset.for);
    opener = button;
    box().innerHTML = blank("Открываем форму…");
    box().showModal();
    try { show(await (await reach(address(button, asking))).text()); }
    catch (error) { box().innerHTML = blank("Форма не открылась"); complain(error); }
  }
  async function freshToken(url) {
    const page = document.createElement("template");
    page.innerHTML = await (await reach(url)).text();
    const token = $("[name=csrf_token]", page.content)?.value;
    if (token) $$("input[name=csrf_token]").forEach((input) => { input.value = token; });
  }
  async function send(sent) {
    const button = $("[type=submit]", sent);
    if (button.classList.contains("is-busy")) return;
    button.classList.add("is-busy");
    try {
      if (ended) await freshToken(sent.action);
      const answer = await reach(sent.action, { method: "POST", body: new FormData(sent) });
      if (answer.status === 201) choose(await answer.json()); else show(await answer.text());
    } catch (error) { complain(error); }
    button.classList.remove("is-busy");
  }
  function choose({ id, text }) {
    const ts = asking.tomselect;
    close();
    if (ts) { ts.addOption({ id, text }); ts.addItem(id); } else asking.append(new Option(text, id, true, true));
    window.panel.say(`Добавлено: ${text}`);
  }
  function leave() {
    if (form()?.dataset.dirty === undefined) { close(); return; }
    window.panel.ask("Закрыть без сохранения? Введённое в этом окне пропадёт.", { textContent: "Закрыть" }, close);
  }
  function close() {
    $$("select", box()).forEach((el) => el.tomselect?.destroy());
    box().close();
    box().replaceChildren();
    opener.focus();
  }

  // What follows from a date, told beside it while it is typed; the same question is asked once
  const told = new Map();
  const FULL = /^(\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4})$/;
  const hints = () => JSON.parse($("#edit-form[data-hints]")?.dataset.hints ?? "{}");
  const hinted = (el) => (el.matches?.("input[name]") && !el.disabled ? hints()[el.name.replace(/^.*-/, "")] : undefined);
  function words(url) {
    if (!told.has(url)) told.set(url, window.panel.json(url).then((answer) => answer.words).catch(() => { told.delete(url); return ""; }));
    return told.get(url);
  }
  async function hint(el) {
    const { url: path, by } = hinted(el), url = new URL(path, location.href);
    url.searchParams.set("value", el.value.trim());
    url.searchParams.set("choice", document.getElementsByName(by)[0]?.value ?? "");
    const asked = FULL.test(el.value.trim()) ? url.href : "";
    el.dataset.asked = asked;
    const text = asked && await words(asked);
    if (el.dataset.asked !== asked) return; // typed on meanwhile
    const place = el.closest(".field"), note = $("[data-hint]", place);
    if (!text) { note?.remove(); return; }
    const shown = note ?? place.appendChild(Object.assign(document.createElement("div"), { className: "help" }));
    Object.assign(shown.dataset, { hint: "" });
    shown.setAttribute("role", "status");
    if (shown.textContent !== text) shown.textContent = text;
  }
  function hintAll(by) {
    const names = Object.entries(hints()).filter(([, each]) => by === undefined || each.by === by).map(([name]) => name);
    names.forEach((name) => $$(`#edit-form input[name="${name}"], #edit-form input[name$="-${name}"]`).filter((el) => !el.disabled).forEach(hint));
  }

  // A value that is likely to follow, offered for the choice that is made; one press takes it
  function propose() {
    $$("[data-proposed]").forEach((el) => {
      const value = JSON.parse(el.dataset.proposed)[document.getElementsByName(el.dataset.proposedBy)[0]?.value];
      let button = $("[data-take]", el.closest(".field"));
      if (!value || el.value) { button?.remove(); return; }
      if (!button) {
        button = Object.assign(document.createElement("button"), { type: "button", className: "new" });
        Object.assign(button.dataset, { take: el.id });
        el.after(button);
      }
      button.textContent = `Следующий: ${value}`;
      button.value = value;
    });
  }
  function takeProposed(button) {
    const el = document.getElementById(button.dataset.take);
    el.value = button.value;
    el.dispatchEvent(new Event("input", { bubbles: true }));
    el.dispatchEvent(new Event("change", { bubbles: true }));
    el.focus();
    propose();
  }

  // The first thing to fill in, where no refusal is to be read first; on a phone a keyboard would cover the form
  function begin() {
    if (!matchMedia("(pointer: fine)").matches || innerWidth < 768 || $("#errors, #conflict, #doubts, .note[role=alert]")) return;
    const first = $$("#edit-form .fields input:not([type=hidden]), #edit-form .fields select, #edit-form .fields textarea").find((el) => !el.disabled && !el.closest("[hidden]"));
    if (!first || document.activeElement !== document.body || location.hash) return;
    focus(first);
    first.tomselect?.close();
  }

  document.addEventListener("input", (e) => {
    if (hinted(e.target)) hint(e.target);
    if (e.target.matches?.("[data-proposed]")) propose();
  });
  document.addEventListener("change", (e) => {
    if (hinted(e.target)) hint(e.target);
    if (e.target.name) { hintAll(e.target.name); propose(); }
  });
  document.addEventListener("change", (e) => { if ($(`[data-show-by="${CSS.escape(e.target.name ?? "")}"]`)) showFor(); });
  document.addEventListener("click", (e) => {
    const on = (sel) => e.target.closest(sel);
    let hit;
    if ((hit = on("button[data-new]"))) open(hit); // a heading of rows carries the address too
    else if ((hit = on("[data-take]"))) takeProposed(hit);
    else if (on("[data-in-place-close]")) leave();
    else if ((hit = on("#errors a, #new-errors a, #doubts a, #new-doubts a, .note table a"))) {
      const field = document.getElementById(hit.hash.slice(1));
      if (field) { e.preventDefault(); window.panel.wake?.(field); (field.closest(".field") || field).scrollIntoView({ block: "center" }); focus(field); }
    }
  });
  document.addEventListener("DOMContentLoaded", () => { window.panel.toggle = toggle; showFor(); hintAll(); propose(); begin(); });
})();
