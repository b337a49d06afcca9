/* A grid whose cells are filled in place: each saves itself, says what became of it, and loses nothing that was typed. */
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const grid = $("[data-grid]");
  if (!grid) return;
  const LOST = "Нет связи с панелью. Введённое на месте.";
  const ENDED = "Сеанс закончился. Войдите в другой вкладке и сохраните ещё раз: введённое на месте.";
  const OTHER = "В другой вкладке вошёл другой пользователь. Войдите под своей учётной записью и сохраните ещё раз.";
  const WORDS = { saving: "сохраняется…", saved: "сохранено", error: "не сохранено", clash: "изменено другим", asked: "подтвердите" };
  const LOOK = { saving: "st st-blue", saved: "st st-green", error: "st st-red", clash: "st st-orange", asked: "st st-orange" };
  const LEFT = ["saving", "error", "clash", "asked"]; // what is not saved yet
  const plural = (n, one, few, many) => {
    const d = n % 10, h = n % 100;
    return d === 1 && h !== 11 ? one : d >= 2 && d <= 4 && (h < 12 || h > 14) ? few : many;
  };
  const rows = $$("[data-row]", grid).map((row) => $$("[data-at]", row));
  const place = new Map(rows.flatMap((cells, y) => cells.map((cell, x) => [cell, [y, x]])));
  const all = [...place.keys()];
  const told = $("[data-grid-told]");
  let at = null, editor = null; // the cell one stands on; what is being typed, where
  const undoable = [];

  const rowOf = (cell) => cell.closest("[data-row]");
  const head = (cell) => $(".row-head", rowOf(cell)).textContent.trim();
  const isField = (cell) => Boolean(cell.dataset.cell);
  const isOpen = (cell) => isField(cell) && !cell.dataset.why;
  const shown = (cell) => $("[data-shown]", cell);
  const typed = (cell) => cell.dataset.typed ?? cell.dataset.raw;

  // Where one stands: one cell of the grid is in the order of Tab
  function stand(cell, focus = true) {
    if (at) at.tabIndex = -1;
    at = cell;
    cell.tabIndex = 0;
    if (focus) { cell.focus(); cell.scrollIntoView({ block: "nearest", inline: "nearest" }); }
    tell();
  }
  function step(dy, dx) {
    const [y, x] = place.get(at), next = rows[y + dy]?.[x + dx];
    if (next) stand(next);
    return Boolean(next);
  }
  function edge(toEnd, whole) {
    const [y] = place.get(at), row = whole ? (toEnd ? rows.at(-1) : rows[0]) : rows[y];
    stand(toEnd ? row.at(-1) : row[0]);
  }

  // What is told of the cell one stands on, with what can be done about it
  function tell() {
    const cell = at, state = cell?.dataset.state, words = cell && (cell.dataset.why || cell.dataset.words);
    told.hidden = !words;
    $$("[data-grid] [aria-describedby=grid-told]").forEach((el) => el.removeAttribute("aria-describedby"));
    if (!words) return;
    $("[data-told-name]", told).textContent = `${head(cell)}, ${cell.dataset.label}:`;
    $("[data-told-text]", told).textContent = words;
    cell.setAttribute("aria-describedby", "grid-told");
    const can = {
      error: [["Сохранить ещё раз", () => send(cell)], ["Вернуть прежнее", () => back(cell)]],
      clash: [["Сохранить моё", () => send(cell)], ["Оставить сохранённое", () => back(cell)]],
      asked: [["Всё верно, сохранить", () => send(cell, cell.keys)], ["Вернуть прежнее", () => back(cell)]],
    }[state] || [];
    $("[data-told-acts]", told).replaceChildren(...can.map(([title, act], n) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: n ? "btn btn-plain btn-sm" : "btn btn-primary btn-sm", textContent: title });
      button.addEventListener("click", () => { act(); stand(cell); });
      return button;
    }));
  }
  function mark(cell, state, words = "") {
    cell.dataset.state = state;
    cell.dataset.words = words;
    const box = $("[data-mark]", cell);
    const chip = Object.assign(document.createElement("span"), { className: LOOK[state] || "", textContent: WORDS[state] || "" });
    box.replaceChildren(...(state ? [chip, words ? ` ${words}` : ""] : []));
    cell.toggleAttribute("aria-busy", state === "saving");
    if (LEFT.includes(state) && state !== "saving") cell.setAttribute("aria-invalid", "true"); else cell.removeAttribute("aria-invalid");
    if (words || state === "saved") window.panel.say(`${head(cell)}, ${cell.dataset.label}: ${words || WORDS[state]}`);
    if (cell === at) tell();
    count();
  }
  function count() {
    const of = (...states) => all.filter((cell) => states.includes(cell.dataset.state)).length;
    const bad = of("error", "clash", "asked"), busy = of("saving");
    $("[data-grid-sum]").textContent = busy ? `Сохраняется: ${busy}` : bad ? `Не сохранено: ${bad}` : of("saved") ? "Всё сохранено" : "";
    $("[data-grid-again]").hidden = !of("error");
    const last = undoable.at(-1), undo = $("[data-grid-undo]");
    undo.hidden = !last;
    if (last) $("span", undo).textContent = last.pasted ? `Отменить вставку (${last.cells.length})` : "Отменить последнее";
  }
  function back(cell) {
    delete cell.dataset.typed;
    shown(cell).innerHTML = cell.html ?? shown(cell).innerHTML;
    mark(cell, "");
  }

  // Saving: the cells of one row one after another, each with the version that the one before it made
  let stale = false; // the next try asks for a new token first
  async function freshToken() {
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
    const page = document.createElement("template");
    page.innerHTML = await answer.text();
    const other = $("[data-grid]", page.content);
    if (!other || answer.redirected) throw new Error(ENDED);
    if (other.dataset.owner !== grid.dataset.owner) throw new Error(OTHER);
    grid.dataset.token = other.dataset.token;
    stale = false;
  }
  async function ask(cell, value, { check = false, keys = [], again = false } = {}) {
    const row = rowOf(cell), url = new URL(row.dataset.url, location.href), body = new URLSearchParams();
    url.searchParams.set("column", cell.dataset.cell);
    if (check) url.searchParams.set("check", "1");
    try {
      if (stale) await freshToken();
      body.set(cell.dataset.cell, value);
      body.set("version", row.dataset.version);
      body.set("csrf_token", grid.dataset.token);
      keys.forEach((key) => body.append("confirm", key));
      const answer = await fetch(url, { method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json", "X-Requested-With": "fetch" } });
      if (answer.redirected || answer.status === 401) { stale = true; return { words: ENDED }; }
      if (answer.status === 400) stale = true; // a token of an hour ago, most likely: once more with a new one
      if (stale && !again) return await ask(cell, value, { check, keys, again: true });
      const data = await answer.json();
      if (answer.ok) return { done: data };
      if (answer.status === 409 && data.row) return { clash: data };
      if (data.asked) return { asked: data.asked, raw: data.raw, words: data.asked.map((one) => one.words).join(" ") };
      return { words: data.errors?.join(" ") || data.error || "Не сохранено." };
    } catch (error) {
      return { words: error instanceof TypeError || error instanceof SyntaxError ? LOST : error.message };
    }
  }
  function take(row, data) {
    row.dataset.version = data.version;
    data.cells.forEach((fresh) => {
      const cell = $(`[data-cell="${fresh.name}"]`, row);
      cell.dataset.raw = fresh.raw;
      cell.html = fresh.shown;
      if (fresh.why) { cell.dataset.why = cell.title = fresh.why; cell.setAttribute("aria-readonly", "true"); }
      else if (cell.dataset.why) { delete cell.dataset.why; cell.removeAttribute("title"); cell.removeAttribute("aria-readonly"); }
      if (cell.dataset.typed === undefined && editor?.cell !== cell) shown(cell).innerHTML = fresh.shown;
    });
  }
  async function write(cell, keys) {
    const row = rowOf(cell), value = cell.dataset.typed, base = cell.dataset.raw;
    if (value === undefined) return;
    let answer = await ask(cell, value, { keys });
    // Another cell of the record was changed by somebody else: this one is as it was, so it is simply sent again.
    for (let n = 0; answer.clash && n < 3 && answer.clash.row.cells.some((one) => one.name === cell.dataset.cell && one.raw === base && !one.why); n += 1) {
      take(row, answer.clash.row);
      window.panel.say("Запись тем временем изменили в другой колонке: таблица обновлена.");
      answer = await ask(cell, value, { keys });
    }
    const latest = cell.dataset.typed === value;
    if (answer.done) {
      if (latest) delete cell.dataset.typed;
      take(row, answer.done);
      if (latest) mark(cell, "saved");
    } else if (answer.clash) {
      const theirs = answer.clash.row.cells.find((one) => one.name === cell.dataset.cell);
      take(row, answer.clash.row);
      const words = Object.assign(document.createElement("span"), { innerHTML: theirs.shown }).textContent;
      const who = [answer.clash.who, answer.clash.when].filter(Boolean).join(", ");
      mark(cell, "clash", `пока вы вводили, здесь уже сохранено «${words}» (${who}). Ваше «${cell.words || "пусто"}» не сохранено.`);
    } else {
      cell.keys = answer.asked?.map((one) => one.key) || [];
      mark(cell, answer.asked ? "asked" : "error", answer.words);
    }
  }
  function send(cell, keys = []) {
    const row = rowOf(cell);
    mark(cell, "saving");
    row.queue = (row.queue || Promise.resolve()).then(() => write(cell, keys));
    return row.queue;
  }
  function put(cell, value, words, group = null, keys = []) {
    if (value === cell.dataset.raw && cell.dataset.typed === undefined) return Promise.resolve();
    const step = group || { cells: [] }, one = { cell, before: cell.dataset.raw, html: cell.html ?? shown(cell).innerHTML };
    step.cells.push(one);
    if (!group) undoable.push(step);
    cell.html ??= shown(cell).innerHTML;
    cell.dataset.typed = value;
    cell.words = words;
    shown(cell).textContent = words || "—";
    return send(cell, keys).then(() => { one.now = cell.dataset.raw; });
  }
  async function undo() {
    const last = undoable.at(-1);
    if (!last || last.undoing) return;
    last.undoing = true;
    let kept = 0;
    for (const one of last.cells) {
      if (one.cell.dataset.typed !== undefined) { back(one.cell); continue; } // it was not saved at all
      if (one.cell.dataset.raw === one.before) continue;
      if (one.cell.dataset.raw !== one.now) { kept += 1; continue; }
      one.cell.dataset.typed = one.before;
      shown(one.cell).innerHTML = one.html;
      one.cell.words = shown(one.cell).textContent;
      await send(one.cell);
    }
    undoable.splice(undoable.indexOf(last), 1);
    count();
    window.panel.say(kept ? `Отменено. Изменено другими и оставлено: ${kept}.` : "Отменено.");
  }

  // Filling one cell
  const labelOf = (el) => el.tomselect ? el.tomselect.getItem(el.value)?.textContent ?? "" : el.matches("select") ? el.selectedOptions[0]?.textContent ?? "" : el.type === "checkbox" ? (el.checked ? "да" : "нет") : el.value;
  const valueOf = (el) => el.type === "checkbox" ? (el.checked ? "y" : "") : el.value;
  function fill(el, value) {
    el.value = value;
    if (el.value === value || el.matches("select")) return;
    // A browser's own entry drops what it does not understand.
    if (el.type === "date") el.dataset.mask = "date";
    el.type = "text";
    el.value = value;
  }
  function edit(cell, { first, pointer = false } = {}) {
    if (editor || !isOpen(cell)) { tell(); return; }
    stand(cell, false);
    const box = document.createElement("div"), words = shown(cell).textContent;
    box.className = "fill-edit";
    box.append($(`template[data-editor="${cell.dataset.cell}"]`).content.cloneNode(true));
    const el = $("select, input, textarea", box);
    el.id = "grid-editor";
    el.removeAttribute("required");
    el.setAttribute("aria-label", `${cell.dataset.label}, ${head(cell)}`);
    if (el.dataset.remote && typed(cell)) el.append(new Option(words, typed(cell), true, true));
    if (el.type === "checkbox") el.checked = typed(cell) === "y"; else fill(el, first ?? typed(cell));
    $(".fill-cell", cell).hidden = true;
    cell.append(box);
    window.panel.enhance(box);
    editor = { cell, box, el, before: first === undefined ? valueOf(el) : null, keyed: !pointer };
    (el.tomselect || el).focus();
    if (first === undefined && el.select && el.type !== "checkbox") el.select();
  }
  function close(save, next) {
    if (!editor) return;
    const { cell, box, el, before } = editor, value = valueOf(el), words = labelOf(el);
    editor = null;
    el.tomselect?.destroy();
    box.remove();
    $(".fill-cell", cell).hidden = false;
    if (save && value !== before) put(cell, value, words);
    next?.();
    tell();
  }
  function inEditor(event) {
    const { key } = event, open = editor.el.tomselect?.isOpen;
    editor.keyed = true;
    if (key === "Escape") { event.preventDefault(); event.stopPropagation(); const { cell } = editor; close(false); stand(cell); return; }
    if (open && key !== "Tab") return;
    if (key === "Enter" && !(editor.el.matches("textarea") && event.shiftKey)) { event.preventDefault(); const { cell } = editor; close(true, () => { stand(cell); step(event.shiftKey ? -1 : 1, 0); }); }
    if (key === "Tab") { event.preventDefault(); const { cell } = editor; close(true, () => { stand(cell); step(0, event.shiftKey ? -1 : 1); }); }
    event.stopPropagation();
  }
  const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  function inGrid(event) {
    const { key } = event, command = event.ctrlKey || event.metaKey;
    const does = () => { event.preventDefault(); event.stopPropagation(); };
    if (MOVES[key] && !command && !event.altKey) { does(); step(...MOVES[key]); }
    else if (key === "Home" || key === "End") { does(); edge(key === "End", command); }
    else if (key === "PageUp" || key === "PageDown") { does(); const [y, x] = place.get(at); stand(rows[Math.max(0, Math.min(rows.length - 1, y + (key === "PageDown" ? 10 : -10)))][x]); }
    else if (command && event.code === "KeyZ") { does(); undo(); }
    else if (key === "Enter" || key === "F2") { does(); if (isField(at)) edit(at); else $("a", at)?.click(); }
    else if (key === "Delete" && isOpen(at)) { does(); put(at, "", ""); }
    else if (key.length === 1 && !command && !event.altKey && isField(at)) {
      // Typing begins to fill; in a choice it leads to the word that begins so.
      event.stopPropagation();
      if (!isOpen(at)) return;
      const plain = $(`template[data-editor="${at.dataset.cell}"]`).content.querySelector("input:not([type=checkbox], [type=time], [type=datetime-local]), textarea");
      if (key === " ") does();
      edit(at, plain && key !== " " ? { first: "" } : {});
    }
  }
  grid.addEventListener("keydown", (event) => {
    if (editor?.box.contains(event.target)) inEditor(event);
    else if (at && place.has(event.target)) inGrid(event);
  });
  let touched = false;
  grid.addEventListener("pointerdown", () => { touched = true; });
  grid.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-at]");
    if (!cell || editor?.cell === cell || event.target.closest("a")) return;
    if (editor) close(true);
    stand(cell);
    if (isOpen(cell)) edit(cell, { pointer: true });
  });
  grid.addEventListener("change", (event) => {
    // Chosen by hand in a list or by a tick: nothing more is to be typed. By keys one goes on until Enter.
    if (editor && !editor.keyed && touched && event.target.matches("select, [type=checkbox]")) { const { cell } = editor; close(true); stand(cell); }
  });
  grid.addEventListener("focusin", (event) => { if (place.has(event.target) && event.target !== at) stand(event.target, false); });
  grid.addEventListener("focusout", (event) => {
    const cell = editor?.cell;
    if (cell && event.relatedTarget && !cell.contains(event.relatedTarget)) close(true);
    else if (cell) setTimeout(() => { if (editor?.cell === cell && document.hasFocus() && !cell.contains(document.activeElement)) close(true); });
  });
  $("[data-grid-again]").addEventListener("click", () => { all.filter((cell) => cell.dataset.state === "error").forEach((cell) => send(cell)); });
  $("[data-grid-undo]").addEventListener("click", undo);
  window.addEventListener("beforeunload", (event) => {
    if (editor && valueOf(editor.el) !== editor.before || all.some((cell) => LEFT.includes(cell.dataset.state))) { event.preventDefault(); event.returnValue = ""; }
  });

  // A column, or several, from a spreadsheet: first what would become of each value, then the saving
  function spread(text) {
    const [y, x] = place.get(at), found = [];
    let outside = 0;
    text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").forEach((line, dy) => line.split("\t").forEach((value, dx) => {
      const cell = rows[y + dy]?.[x + dx];
      if (cell && isField(cell)) found.push({ cell, value: value.trim(), keys: [] }); else if (value.trim()) outside += 1;
    }));
    return { found, outside };
  }
  function line(one) {
    const row = document.createElement("tr");
    [["", head(one.cell)], ["Колонка", one.cell.dataset.label], ["Сейчас", shown(one.cell).textContent], ["Вставляется", one.value || "пусто"], ["Что будет", ""]].forEach(([label, words], n) => {
      const cell = document.createElement(n ? "td" : "th");
      if (n) cell.dataset.label = label; else { cell.scope = "row"; cell.className = "row-head"; }
      cell.append(Object.assign(document.createElement("span"), { textContent: words }));
      row.append(cell);
    });
    one.outcome = row.lastElementChild.firstElementChild;
    return row;
  }
  const say = (one, look, words) => { one.outcome.className = `st st-${look}`; one.outcome.textContent = words; };
  async function check(one) {
    if (one.cell.dataset.why) { one.refused = true; say(one, "orange", `не вставится: ${one.cell.dataset.why}`); return; }
    const answer = await ask(one.cell, one.value, { check: true });
    if (answer.done?.same) { one.refused = true; say(one, "gray", "без изменений"); }
    else if (answer.done) { one.raw = answer.done.raw; one.words = Object.assign(document.createElement("span"), { innerHTML: answer.done.shown }).textContent; say(one, "green", `сохранится: ${one.words}`); }
    else if (answer.asked) {
      const tick = Object.assign(document.createElement("input"), { type: "checkbox", className: "form-check-input" }), label = document.createElement("label");
      label.className = "check";
      label.append(tick, Object.assign(document.createElement("span"), { textContent: "Всё верно, сохранить" }));
      Object.assign(one, { refused: true, raw: answer.raw });
      say(one, "orange", answer.words);
      one.outcome.after(label);
      tick.addEventListener("change", () => { one.refused = !tick.checked; one.keys = tick.checked ? answer.asked.map((each) => each.key) : []; ready(one.paste); });
    } else { one.refused = true; say(one, "orange", `не вставится: ${answer.clash ? "запись изменил другой человек, обновите страницу" : answer.words}`); }
  }
  const box = $("#grid-paste");
  function ready(paste) {
    const good = paste.found.filter((one) => !one.refused).length, bad = paste.found.filter((one) => one.refused).length, yes = $("[data-paste-yes]", box);
    yes.disabled = !good;
    yes.textContent = `Вставить ${good} ${plural(good, "значение", "значения", "значений")}`;
    $("[data-paste-note]", box).textContent = [`Сохранится: ${good}.`, bad && `Останется как есть: ${bad}.`, paste.outside && `Не помещается в таблицу: ${paste.outside}.`].filter(Boolean).join(" ");
  }
  async function paste(text) {
    const from = at, plan = spread(text);
    $("tbody", box).replaceChildren(...plan.found.map(line));
    plan.found.forEach((one) => { one.paste = plan; say(one, "gray", "проверяется…"); });
    $("[data-paste-yes]", box).disabled = true;
    $("[data-paste-yes]", box).textContent = "Вставить";
    box.returnValue = "";
    box.showModal();
    $("h2", box).focus();
    let n = 0;
    for (const one of plan.found) {
      $("[data-paste-note]", box).textContent = `Проверяем: ${n += 1} из ${plan.found.length}.`;
      if (box.open) await check(one);
    }
    if (!box.open) { stand(from); return; }
    ready(plan);
    $("[data-paste-yes]", box).focus();
    box.addEventListener("close", () => { stand(from); if (box.returnValue === "yes") insert(plan.found.filter((one) => !one.refused)); }, { once: true });
  }
  async function insert(good) {
    const group = { cells: [], pasted: true };
    undoable.push(group);
    for (const one of good) await put(one.cell, one.raw ?? one.value, one.words ?? one.value, group, one.keys);
    const done = group.cells.filter(({ cell }) => cell.dataset.state === "saved");
    window.panel.say(`Вставлено: ${done.length} из ${good.length}.`);
    count();
  }
  document.addEventListener("paste", (event) => {
    const inside = at && grid.contains(document.activeElement), text = event.clipboardData?.getData("text/plain") ?? "";
    if (!inside || !text.trim()) return;
    const oneValue = !/[\t\n]/.test(text.trim());
    if (editor && oneValue && editor.el.matches("input:not([type=checkbox]), textarea")) return; // into the entry, as anywhere
    event.preventDefault();
    if (editor) { const { cell } = editor; close(false); stand(cell); }
    if (isField(at)) paste(text);
  });

  all.forEach((cell) => { cell.tabIndex = -1; });
  $$(".row-head a", grid).forEach((link) => { link.tabIndex = -1; });
  at = rows[0]?.find(isOpen) || rows[0]?.[1];
  if (at) at.tabIndex = 0;
})();
