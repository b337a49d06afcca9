/* Rows of a form: made as they come into sight, added one by one, for a chosen record or from a spreadsheet. Works over panel.js and form.js. */
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const plural = (n, one, few, many) => {
    const d = n % 10, h = n % 100;
    return d === 1 && h !== 11 ? one : d >= 2 && d <= 4 && (h < 12 || h > 14) ? few : many;
  };
  const lines = (n) => `${n} ${plural(n, "строка", "строки", "строк")}`;
  const boxOf = (el) => el.closest("[data-rows]");
  const rowsIn = (box) => $$("[data-row]", box);
  const head = (box, column) => $(`th[data-column="${column}"]`, box);
  const cell = (row, column) => $(`td[data-column="${column}"]`, row);
  const entry = (row, column) => $("[name]", cell(row, column) ?? document.createElement("td"));
  const about = (row) => entry(row, boxOf(row).dataset.about);
  const words = (box, column) => $("[data-words]", head(box, column)).textContent;
  const focus = (el) => (el?.tomselect || el)?.focus();
  const changed = (el) => el.dispatchEvent(new Event("change", { bubbles: true }));

  // A row sleeps as plain boxes until it comes near; then its pickers are made of what the headings hold
  function wake(el) {
    const row = el.closest("[data-row][data-asleep]");
    if (!row) return;
    const box = boxOf(row), active = row.contains(document.activeElement) && document.activeElement;
    row.removeAttribute("data-asleep");
    $$("select[data-picker]", row).forEach((select) => prepare(select, head(box, select.closest("td").dataset.column)));
    window.panel.enhance(row);
    if (active) focus(active);
  }
  function prepare(select, th) {
    for (const name of ["remote", "noBlank", "depends"]) if (th.dataset[name] !== undefined) select.dataset[name] = th.dataset[name];
    if (th.dataset.choices) offer(select, JSON.parse(th.dataset.choices));
    if (!th.dataset.new) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "new", title: "Создать", innerHTML: PLUS });
    Object.assign(button.dataset, { new: th.dataset.new, for: select.id });
    button.setAttribute("aria-label", `Создать: ${$("[data-words]", th).textContent}`);
    button.setAttribute("aria-haspopup", "dialog");
    select.after(button);
  }
  function offer(select, choices) {
    const chosen = select.value;
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value, value === chosen, value === chosen)));
  }
  const PLUS = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14M5 12h14"/></svg>';
  const seen = new IntersectionObserver((met) => met.filter((each) => each.isIntersecting).forEach(({ target }) => { seen.unobserve(target); wake(target); }), { rootMargin: "300px" });

  // Columns that belong to some of the choices of another field only
  function follow(box, rows = rowsIn(box)) {
    $$("th[data-show-by]", box).forEach((th) => {
      const choice = document.getElementsByName(th.dataset.showBy)[0]?.value;
      if (!choice) return;
      const on = th.dataset.showFor.split(" ").includes(choice), column = th.dataset.column;
      const label = th.dataset.labels && (JSON.parse(th.dataset.labels)[choice] ?? (th.dataset.label ??= words(box, column)));
      th.hidden = !on;
      const star = $("[data-needed-for]", th);
      if (star) star.hidden = !star.dataset.neededFor.split(" ").includes(choice);
      if (label) $("[data-words]", th).textContent = label;
      [...rows, $("[data-rows-all]", box)].map((row) => row && cell(row, column)).filter(Boolean).forEach((td) => {
        window.panel.toggle(td, on);
        if (star) $("label.rows-label:not([data-before])", td)?.classList.toggle("is-needed", !star.hidden);
        const said = label && $("[data-words]", td);
        if (said) said.textContent = (said.dataset.before ?? "") + label;
      });
    });
  }

  // What stands in a row
  function put(row, column, value) {
    const td = cell(row, column), shown = td && $("[data-shown]", td);
    if (!td) return;
    if (shown) { shown.textContent = value?.text ?? value ?? ""; return; }
    const el = entry(row, column);
    if (el.type === "checkbox") el.checked = value === true || value === "1" || value === "y";
    else if (el.matches("select")) pick(el, value);
    else write(el, String(value ?? ""));
    clear(td);
  }
  function write(el, text) {
    const iso = /^\d{4}-\d\d-\d\d$/.test(text);
    if (el.type === "date" && text && !iso) { el.type = "text"; el.dataset.mask = "date"; } // the browser would drop it
    el.value = iso && el.type !== "date" ? text.split("-").reverse().join(".") : text;
    changed(el);
  }
  function pick(el, value) {
    const id = String(value?.id ?? value ?? ""), ts = el.tomselect;
    if (ts) { if (value?.text) ts.addOption({ id, text: value.text }); ts.setValue(id, true); return; }
    if (id && ![...el.options].some((option) => option.value === id)) {
      const named = JSON.parse(head(boxOf(el), el.closest("td").dataset.column)?.dataset.choices ?? "[]").find(([code]) => code === id);
      el.append(new Option(value?.text ?? named?.[1] ?? id, id));
    }
    el.value = id;
  }
  function taken(row, column) {
    const el = entry(row, column);
    if (el?.type === "checkbox") return el.checked;
    if (el?.matches("select")) return el.value ? { id: el.value, text: el.selectedOptions[0].text } : "";
    return el?.value ?? "";
  }
  function complain(row, column, text) {
    const td = cell(row, column), el = entry(row, column);
    if (!el) return;
    clear(td);
    const bad = Object.assign(document.createElement("div"), { className: "bad", id: `${el.id}-problem`, textContent: text });
    bad.dataset.problem = "";
    td.append(bad);
    for (const each of [el, el.tomselect?.control_input]) { each?.setAttribute("aria-invalid", "true"); each?.setAttribute("aria-describedby", bad.id); }
  }
  function clear(td) {
    const bad = $("[data-problem]", td);
    if (!bad) return;
    bad.remove();
    $$("[aria-invalid]", td).forEach((el) => { el.removeAttribute("aria-invalid"); el.removeAttribute("aria-describedby"); });
  }
  const isNeverEmpty = (el) => el.matches("select") && ![...el.options].some((option) => option.value === "");
  const isBlank = (row) => $$("td[data-column] [name]", row).every((el) => el.disabled || el.type === "checkbox" || !el.value || isNeverEmpty(el)) && !$('[name$="-id"]', row);

  // Rows are added
  function add(box, items) {
    const list = $("[data-rows-list]", box), html = $("[data-row-template]", box).innerHTML, from = list.children.length;
    const made = items.map((_, i) => html.replaceAll("__i__", box.dataset.next++).replaceAll("__n__", from + i + 1));
    list.insertAdjacentHTML("beforeend", made.join(""));
    const rows = [...list.children].slice(from);
    rows.forEach((row, i) => take(row, items[i]));
    follow(box, rows);
    rows.forEach((row) => seen.observe(row));
    count(box);
    changed(list);
    return rows;
  }
  function take(row, item) {
    if (item.id) put(row, boxOf(row).dataset.about, item);
    Object.entries(item.values ?? {}).forEach(([column, value]) => put(row, column, value));
    Object.entries(item.problems ?? {}).forEach(([column, text]) => complain(row, column, text));
  }
  function addOne(box) {
    if (isFull(box, 1)) return;
    const [row] = add(box, [{}]);
    wake(row);
    focus(about(row));
  }
  function isFull(box, more) {
    const most = Number(box.dataset.most), have = rowsIn(box).length;
    if (have + more <= most) return false;
    say(box, `Строк стало бы ${have + more}, а в одной записи – не больше ${most}. Ничего не добавлено: разделите их на несколько записей.`);
    return true;
  }
  /* Those who stand there already take what is given; the others get rows of their own. */
  function addMany(box, items) {
    const there = new Map(rowsIn(box).map((row) => [about(row)?.value, row]));
    const fresh = items.filter((item) => !item.id || !there.has(String(item.id))), known = items.filter((item) => !fresh.includes(item));
    if (isFull(box, fresh.length)) return null;
    known.forEach((item) => { const row = there.get(String(item.id)); tick(row, true); take(row, item); });
    const blank = fresh.length ? rowsIn(box).filter(isBlank) : [];
    const rows = add(box, fresh);
    blank.forEach(forget);
    count(box);
    return { rows, known };
  }
  function forget(row) {
    $$("select", row).forEach((el) => el.tomselect?.destroy());
    seen.unobserve(row);
    row.remove();
  }

  // Everybody who belongs to a chosen record
  async function belonging(place, button) {
    const box = boxOf(place), chooser = $("[data-fill-chooser]", place);
    if (!chooser.value) { say(box, `${chooser.dataset.placeholder}: сначала выберите.`); focus(chooser); return; }
    button.disabled = true;
    say(box, "Загружаем список…");
    try {
      const url = new URL(place.dataset.belonging, location.href);
      url.searchParams.set("id", chooser.value);
      const items = (await window.panel.json(url)).results;
      const done = addMany(box, items.map(({ values, ...item }) => ({ ...item, values })));
      if (!items.length) say(box, place.dataset.nobody);
      else if (done) say(box, done.rows.length ? `${plural(done.rows.length, "Добавлена", "Добавлены", "Добавлено")} ${lines(done.rows.length)}${done.known.length ? `, уже были здесь: ${done.known.length}` : ""}.` : `Все уже здесь: ${lines(done.known.length)}.`);
    } catch { say(box, "Список не загрузился. Попробуйте ещё раз."); }
    button.disabled = false;
  }

  // One value for all rows that stay
  function fillAll(box) {
    const given = $$("[data-all]", box).filter((el) => el.value && !el.disabled), rows = rowsIn(box).filter((row) => $("[data-tick]", row).checked);
    if (!given.length) { say(box, "Впишите, чем заполнить все строки, в поля под заголовком."); focus($("[data-all]:not(:disabled)", box)); return; }
    const before = [];
    given.forEach((el) => rows.forEach((row) => {
      before.push([row, el.dataset.all, taken(row, el.dataset.all)]);
      put(row, el.dataset.all, el.matches("[data-remote]") ? { id: el.value, text: el.selectedOptions[0].text } : dated(el.value));
    }));
    changed($("[data-rows-list]", box));
    say(box, `${plural(rows.length, "Заполнена", "Заполнены", "Заполнено")} ${lines(rows.length)}.`, [["Вернуть", () => { before.forEach(([row, column, value]) => put(row, column, value)); say(box, "Прежние значения на месте."); }]]);
  }
  const dated = (text) => /^\d\d\.\d\d\.\d{4}$/.test(text) ? text.split(".").reverse().join("-") : text;

  function offerAll(box) {
    if ($("[data-rows-all]", box)) return;
    const list = $("thead", box);
    list.insertAdjacentHTML("beforeend", $("[data-all-template]", box).innerHTML);
    window.panel.enhance(list);
    follow(box, []);
  }

  // Ticks: a row without one is taken away with the saving
  function tick(row, on) {
    $("[data-tick]", row).checked = on;
    row.classList.toggle("is-out", !on);
  }
  function count(box) {
    const rows = rowsIn(box);
    rows.forEach((row, i) => $("[data-tick]", row).setAttribute("aria-label", `Оставить строку ${i + 1}`));
    const out = rows.filter((row) => !$("[data-tick]", row).checked).length;
    $("[data-rows-count]", box).textContent = rows.length > 1 || out ? `${lines(rows.length)}${out ? `, будет убрано: ${out}` : ""}` : "";
    if (rows.length > 1) offerAll(box);
    const all = $("[data-tick-all]", box);
    all.checked = out === 0;
    all.indeterminate = out > 0 && out < rows.length;
  }

  // What has happened, with links into the rows and a way back
  function say(box, text, ways = [], rows = []) {
    const place = $("[data-rows-said]", box), told = document.createElement("div");
    told.append(text);
    if (rows.length) {
      const list = document.createElement("ul");
      rows.forEach((row) => $$("[data-problem]", row).forEach((bad) => {
        const item = document.createElement("li"), link = Object.assign(document.createElement("a"), { href: `#${row.querySelector("[aria-invalid]")?.id || ""}`, textContent: `Строка ${rowsIn(box).indexOf(row) + 1}: ${bad.textContent}` });
        link.addEventListener("click", (e) => { e.preventDefault(); wake(row); row.scrollIntoView({ block: "center" }); focus($("[name][aria-invalid]", row)); });
        item.append(link);
        list.append(item);
      }));
      told.append(list);
    }
    ways.forEach(([name, act]) => { const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain", textContent: name }); button.addEventListener("click", act); told.append(" ", button); });
    place.replaceChildren(told);
    place.hidden = false;
    if (rows.length) place.scrollIntoView({ block: "nearest" });
  }

  // A list from a spreadsheet
  let pasting = null; // {box, read}: the rows it is for, and what was understood of it
  function sheet() {
    const made = $("#rows-paste") || document.createElement("dialog");
    if (made.id) return made;
    made.id = "rows-paste";
    made.setAttribute("aria-labelledby", "rows-paste-title");
    made.innerHTML = `<h2 id="rows-paste-title">Вставить список</h2><p class="help" id="rows-paste-help"></p>
      <label for="rows-paste-text">Строки из таблицы</label><textarea class="form-control" id="rows-paste-text" rows="8" aria-describedby="rows-paste-help" data-no-guard></textarea>
      <div data-paste-read role="status"></div>
      <div class="acts"><button type="button" class="btn btn-primary" data-paste-go>Разобрать</button><button type="button" class="btn btn-plain" data-paste-close>Отмена</button></div>`;
    document.body.append(made);
    return made;
  }
  function openPaste(box, text = "") {
    const dialog = sheet(), columns = asked(box).map(([, label]) => `«${label}»`);
    pasting = { box, read: null };
    $("#rows-paste-help", dialog).textContent = `Скопируйте строки в электронной таблице и вставьте сюда. Первой обычно стоит ${columns[0]}, рядом могут быть ${columns.slice(1).join(", ") || "другие колонки"}. Строку заголовков панель узнаёт сама.`;
    $("textarea", dialog).value = text;
    unread();
    dialog.showModal();
    $("textarea", dialog).focus();
    if (text) understand();
  }
  const asked = (box) => $$("th[data-column]", box).filter((th) => !th.hidden && th.dataset.onlyShown === undefined).map((th) => [th.dataset.column, $("[data-words]", th).textContent]);
  function unread() {
    pasting.read = null;
    $("[data-paste-read]", sheet()).replaceChildren();
    $("[data-paste-go]", sheet()).textContent = "Разобрать";
  }
  async function understand(to = []) {
    const dialog = sheet(), text = $("textarea", dialog).value, place = $("[data-paste-read]", dialog);
    if (!text.trim()) { place.textContent = "Сначала вставьте строки из таблицы."; $("textarea", dialog).focus(); return; }
    place.textContent = "Разбираем…";
    const form = pasting.box.closest("form"), body = new URLSearchParams([["text", text], ...to.map((name) => ["to", name])]);
    const token = form.elements.csrf_token;
    if (token) body.set("csrf_token", token.value);
    $$("th[data-show-by]", pasting.box).forEach((th) => body.set(th.dataset.showBy, document.getElementsByName(th.dataset.showBy)[0]?.value ?? ""));
    try {
      const answer = await fetch(pasting.box.dataset.pasteUrl, { method: "POST", body, headers: { Accept: "application/json", "X-Requested-With": "fetch" }, credentials: "same-origin" });
      const read = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Error(read.error);
      pasting.read = read;
      preview(read);
    } catch (error) { place.textContent = (error instanceof TypeError ? "" : error.message) || "Разобрать не получилось: нет связи или сеанс закончился. Вставленное на месте, попробуйте ещё раз."; }
  }
  function preview(read) {
    const place = $("[data-paste-read]", sheet()), known = read.rows.filter((row) => !Object.keys(row.problems).length).length, open = read.rows.length - known;
    const grid = document.createElement("div");
    grid.className = "paste-columns";
    read.columns.forEach((column, i) => {
      const label = document.createElement("label"), select = document.createElement("select");
      select.className = "form-select";
      select.append(new Option("не брать", ""), ...asked(pasting.box).map(([name, text]) => new Option(text, name, name === column.to, name === column.to)));
      select.dataset.pasteColumn = "";
      const sample = document.createElement("span");
      sample.textContent = column.sample.filter(Boolean).join("; ") || "пусто";
      label.append(`Колонка ${i + 1}: `, sample, select);
      grid.append(label);
    });
    const told = document.createElement("p");
    told.textContent = `${lines(read.rows.length)}${read.head ? " и заголовок" : ""}: разобрано ${known}${open ? `, потребуют выбора – ${open}` : ""}.`;
    const list = document.createElement("ul");
    list.className = "bad-list";
    read.rows.flatMap((row) => Object.values(row.problems).map((text) => [row.line, text])).slice(0, 10).forEach(([line, text]) => list.append(Object.assign(document.createElement("li"), { textContent: `Строка ${line}: ${text}` })));
    place.replaceChildren(grid, told, list);
    $("[data-paste-go]", sheet()).textContent = `Добавить: ${lines(read.rows.length)}`;
  }
  function addPasted() {
    const { box, read } = pasting, done = addMany(box, read.rows);
    closePaste();
    if (!done) return;
    const open = [...done.rows, ...rowsIn(box)].filter((row, i, all) => all.indexOf(row) === i && $("[data-problem]", row));
    const parts = [`${plural(done.rows.length, "Добавлена", "Добавлены", "Добавлено")} ${lines(done.rows.length)}`];
    if (done.known.length) parts.push(`уже были здесь и заполнены: ${done.known.length} (${done.known.slice(0, 5).map((item) => item.text).join(", ")}${done.known.length > 5 ? " …" : ""})`);
    say(box, `${parts.join(", ")}.${open.length ? " Выберите или исправьте:" : ""}`, [], open.slice(0, 20));
  }
  function closePaste() {
    sheet().close();
    focus($("[data-rows-paste]", pasting.box));
  }

  // What follows from a chosen record
  async function filled(row) {
    const box = boxOf(row), id = about(row)?.value;
    if (!box.dataset.filledUrl) return;
    const url = new URL(box.dataset.filledUrl, location.href);
    url.searchParams.set("id", id);
    const item = id ? await window.panel.json(url).catch(() => null) : { values: {} };
    if (!item || about(row)?.value !== id) return;
    $$("[data-shown]", row).forEach((place) => { place.textContent = ""; });
    Object.entries(item.values).filter(([column]) => !taken(row, column)).forEach(([column, value]) => put(row, column, value));
  }

  document.addEventListener("change", (e) => {
    const box = e.target.closest?.("[data-rows]");
    if (!box) { if (e.target.name) $$("[data-rows]").filter((each) => $(`th[data-show-by="${CSS.escape(e.target.name)}"]`, each)).forEach((each) => follow(each)); return; }
    const row = e.target.closest("[data-row]");
    if (e.target.matches("[data-tick]")) { tick(row, e.target.checked); count(box); }
    else if (e.target.matches("[data-tick-all]")) { rowsIn(box).forEach((each) => tick(each, e.target.checked)); count(box); changed($("[data-rows-list]", box)); }
    else if (row) { clear(e.target.closest("td")); if (e.target === about(row) && e.target.matches("select")) filled(row); }
  });
  document.addEventListener("click", (e) => {
    const on = (sel) => e.target.closest(sel);
    let hit;
    if ((hit = on("[data-row-add]"))) addOne(boxOf(hit));
    else if ((hit = on("[data-rows-fill]"))) belonging(hit.closest("[data-belonging]"), hit);
    else if ((hit = on("[data-fill-all]"))) fillAll(boxOf(hit));
    else if ((hit = on("[data-rows-paste]"))) openPaste(boxOf(hit));
    else if (on("[data-paste-close]")) closePaste();
    else if (on("[data-paste-go]")) { if (pasting.read) addPasted(); else understand(); }
  });
  document.addEventListener("input", (e) => { if (e.target.id === "rows-paste-text") unread(); });
  document.addEventListener("change", (e) => { if (e.target.matches?.("[data-paste-column]")) understand($$("[data-paste-column]", sheet()).map((select) => select.value)); });
  document.addEventListener("focusin", (e) => wake(e.target));
  document.addEventListener("paste", (e) => {
    const text = e.clipboardData?.getData("text/plain").trim() ?? "", row = e.target.closest?.("[data-row]");
    if (!row || !/[\n\t]/.test(text)) return;
    e.preventDefault();
    openPaste(boxOf(row), text);
  }, true);
  document.addEventListener("keydown", (e) => {
    const step = e.ctrlKey && { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[e.key], row = step && e.target.closest?.("[data-row]");
    const next = row?.[step], column = row && e.target.closest("td").dataset.column;
    if (!next) return;
    e.preventDefault();
    e.stopPropagation();
    wake(next);
    focus(column ? entry(next, column) : $("[data-tick]", next));
  }, true);
  document.addEventListener("DOMContentLoaded", () => {
    window.panel.wake = wake;
    $$("[data-rows]").forEach((box) => { follow(box); rowsIn(box).forEach((row) => seen.observe(row)); count(box); });
  });
})();
