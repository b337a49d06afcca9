/* A bulk action with progress: the confirmed records are sent in chunks. Without this script one request does all. */
(() => {
  "use strict";
  const CHUNK = 25;
  const $ = (sel, root = document) => root.querySelector(sel);
  const form = $("[data-bulk]");
  if (!form) return;
  const run = $("[data-bulk-run]"), bar = $("progress", run), note = $("[data-bulk-note]"), rows = $("[data-bulk-rows]");

  async function send(base, keys) {
    const body = new URLSearchParams(base);
    keys.forEach((key) => body.append("rowid", key));
    // Not form.action: a field of that name stands before it.
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json", "X-Requested-With": "fetch" } });
    if (answer.ok) return (await answer.json()).rows;
    const told = await answer.json().catch(() => ({}));
    // One of them may have gone meanwhile: then each is asked for itself.
    if (answer.status === 404 && keys.length > 1) {
      const each = [];
      for (const key of keys) each.push(...await send(base, [key]));
      return each;
    }
    const reason = answer.status === 404 ? "Записи больше нет или она недоступна." : told.error || "Не выполнено: ошибка связи.";
    return keys.map((id) => ({ id: Number(id), name: "", url: null, done: false, reason }));
  }

  function told(result) {
    let row = $(`[data-bulk-row="${result.id}"]`, rows);
    if (!row) {
      if (result.done) return;
      row = rows.insertRow(); // not among the rows shown: only a refusal needs a line of its own
      row.insertCell().className = "row-head";
      row.cells[0].textContent = result.name || `№ ${result.id}`;
      for (let n = $("thead tr", rows.closest("table")).cells.length - 2; n > 0; n -= 1) row.insertCell();
      row.insertCell().dataset.bulkCell = "";
    }
    const cell = $("[data-bulk-cell]", row), all = document.createElement("span"), word = document.createElement("span"), why = document.createElement("span");
    word.className = result.done ? "st st-green" : "st st-orange";
    word.textContent = result.done ? "выполнено" : "отказано";
    why.textContent = result.reason ? ` ${result.reason}` : "";
    if (result.named) why.append(" ", Object.assign(document.createElement("a"), { href: result.named, target: "_blank", rel: "noopener", textContent: "Открыть карточку" }));
    all.append(word, why); // one child beside the label: on a phone a cell is a row of two
    cell.replaceChildren(all);
    const link = $(".row-head a", row);
    if (link && result.done && !result.url) link.replaceWith(...link.childNodes);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const data = new FormData(form), keys = data.getAll("rowid");
    data.delete("rowid");
    data.set("confirmed", "1");
    form.hidden = true; run.hidden = false;
    const warn = (e) => { e.preventDefault(); e.returnValue = ""; };
    window.addEventListener("beforeunload", warn);
    const left = [];
    let seen = 0, done = 0;
    for (let n = 0; n < keys.length; n += CHUNK) {
      const chunk = keys.slice(n, n + CHUNK);
      const results = await send(data, chunk).catch(() => chunk.map((id) => ({ id: Number(id), name: "", url: null, done: false, reason: "Нет связи с панелью." })));
      results.forEach(told);
      seen += results.length; done += results.filter((one) => one.done).length;
      left.push(...results.filter((one) => !one.done).map((one) => one.id));
      bar.value = seen;
      note.textContent = `обработано ${seen} из ${keys.length}`;
    }
    window.removeEventListener("beforeunload", warn);
    note.textContent = `Выполнено: ${done} из ${keys.length}.`;
    $("[data-bulk-after]").hidden = false;
    const undo = $("[data-bulk-undo]");
    if (undo && done) undo.hidden = false;
    const again = $("[data-bulk-again]");
    left.forEach((id) => again.append(Object.assign(document.createElement("input"), { type: "hidden", name: "rowid", value: id })));
    again.hidden = !left.length;
  });
})();
