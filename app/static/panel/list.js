/* Lists: conditions, live search, selection that outlives the page, files made ready. Everything works without it by plain pages. */
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const list = $("[data-list]");
  if (!list) return;
  const rows = () => $("#rows");
  const plural = (n, one, few, many) => {
    const d = n % 10, h = n % 100;
    return d === 1 && h !== 11 ? one : d >= 2 && d <= 4 && (h < 12 || h > 14) ? few : many;
  };

  // Conditions open on demand
  function toggleFilters(button) {
    const box = $("#filters"), open = box.classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(open));
    if (open) $("input, select", box)?.focus();
  }

  // Live search: the address, the export, the way back and the saved lists follow what is shown
  function follow() {
    const now = rows();
    history.replaceState(history.state, "", now.dataset.address);
    $$("[data-printed]").forEach((link) => { link.href = now.dataset.printUrl; });
    $$("[data-export]").forEach((link) => { link.href = now.dataset[link.dataset.export === "csv" ? "exportCsv" : "exportXlsx"]; });
    $$("[data-add]").forEach((link) => { link.href = now.dataset.addUrl; });
    $$("[data-import]").forEach((link) => { link.href = now.dataset.importUrl; });
    const saved = $("[data-saved]");
    if (saved) {
      saved.dataset.saved = now.dataset.savedUrl;
      const loader = $("[hx-get]", saved);
      if (loader) { loader.setAttribute("hx-get", now.dataset.savedUrl); loader.href = now.dataset.savedUrl; }
      $$("input[name=query]", saved).forEach((input) => { input.value = now.dataset.query; });
    }
    restore();
  }

  // Selection: kept for this list and these conditions, page after page
  const key = () => `pick:${list.dataset.list}?${new URLSearchParams([...new URLSearchParams(rows().dataset.query)].filter(([name]) => !["order", "size", "cols"].includes(name)))}`;
  const chosen = () => { try { return new Set(JSON.parse(sessionStorage.getItem(key()) || "[]")); } catch { return new Set(); } };
  function keep(ids) {
    try { ids.size ? sessionStorage.setItem(key(), JSON.stringify([...ids])) : sessionStorage.removeItem(key()); } catch { /* private mode */ }
  }
  const boxes = () => $$("tbody .pick input", rows());
  function restore() {
    if (!$("#bulk")) return;
    const ids = chosen();
    boxes().forEach((box) => { box.checked = ids.has(box.value); });
    tell();
  }
  function note() {
    const ids = chosen();
    boxes().forEach((box) => { box.checked ? ids.add(box.value) : ids.delete(box.value); });
    keep(ids);
    tell();
  }
  function tell() {
    const ids = chosen(), here = boxes(), on = here.filter((box) => box.checked), all = $(".pick-all", rows());
    const everything = $("[data-pick-everything]"), entire = $("[data-pick-everything] input");
    here.forEach((box) => box.closest("tr").classList.toggle("is-picked", box.checked));
    if (all) { all.checked = on.length > 0 && on.length === here.length; all.indeterminate = on.length > 0 && on.length < here.length; }
    if (everything) everything.hidden = !(on.length === here.length || entire.checked);
    const elsewhere = ids.size - on.length;
    const words = `${plural(ids.size, "Выбрана", "Выбраны", "Выбрано")} ${ids.size} ${plural(ids.size, "запись", "записи", "записей")}${elsewhere > 0 ? `, из них ${elsewhere} на других страницах` : ""}`;
    const said = $("[data-picked]");
    if (said) said.textContent = entire?.checked ? "Выбраны все записи отбора" : words;
    $("#bulk")?.classList.toggle("is-open", ids.size > 0 || Boolean(entire?.checked));
  }
  function none() {
    keep(new Set());
    const entire = $("[data-pick-everything] input");
    if (entire) entire.checked = false;
    restore();
  }
  function send(form) {
    $$("input[data-elsewhere]", form).forEach((input) => input.remove());
    const here = new Set(boxes().map((box) => box.value));
    chosen().forEach((id) => {
      if (here.has(id)) return;
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "rowid", value: id });
      input.dataset.elsewhere = "";
      form.append(input);
    });
  }

  // A file that takes a while: say so, show what has come, tell what went wrong
  async function fetchFile(link) {
    const label = link.innerHTML, drop = link.closest("details"), summary = $("summary", drop), before = summary.innerHTML;
    drop.open = false;
    summary.classList.add("is-busy");
    summary.textContent = "Готовим файл…";
    try {
      const answer = await fetch(link.href, { headers: { Accept: "application/json, */*;q=0.5" }, credentials: "same-origin" });
      if (answer.ok && answer.redirected && new URL(answer.url).pathname === "/jobs/") { location.href = answer.url; return; }
      if (!answer.ok || answer.redirected) throw new Error((await answer.json().catch(() => ({}))).error || "Файл не получился. Обновите страницу и попробуйте ещё раз.");
      const reader = answer.body.getReader(), parts = [];
      let size = 0;
      for (let step = await reader.read(); !step.done; step = await reader.read()) {
        parts.push(step.value); size += step.value.length;
        summary.textContent = `Получено ${(size / 1048576).toFixed(1).replace(".", ",")} МБ`;
      }
      const url = URL.createObjectURL(new Blob(parts, { type: answer.headers.get("Content-Type") }));
      const name = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") || "");
      const save = document.createElement("a");
      save.href = url; save.download = name ? decodeURIComponent(name[1]) : `${document.title}.${link.dataset.export}`;
      save.click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    } catch (error) {
      const box = document.createElement("div");
      box.className = "note note-danger"; box.setAttribute("role", "alert"); box.textContent = error.message;
      list.before(box);
    }
    summary.classList.remove("is-busy"); summary.innerHTML = before; link.innerHTML = label;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-open-filters]"), link = event.target.closest("[data-export]");
    if (button) toggleFilters(button);
    else if (event.target.closest("[data-pick-none]")) none();
    else if (link && window.fetch && !event.ctrlKey && !event.metaKey) { event.preventDefault(); fetchFile(link); }
  });
  document.addEventListener("change", (event) => { if (event.target.matches?.(".pick-all")) boxes().forEach((box) => { box.checked = event.target.checked; }); if (event.target.closest?.(".pick")) note(); else if (event.target.closest?.("[data-pick-everything]")) tell(); });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "bulk") return;
    if (!$("[data-pick-everything] input")?.checked) send(event.target);
    keep(new Set()); // the preview has them now; some may be gone afterwards
  }, true);
  document.addEventListener("htmx:after:swap", () => { if (rows()) follow(); });
  window.addEventListener("pageshow", restore);
  restore();
})();
