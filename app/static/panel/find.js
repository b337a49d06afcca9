/* «Найти всё»: Ctrl + K opens one box over every record and section; and the star of a card. Both work without this as plain pages. */
(() => {
  "use strict";
  const box = document.getElementById("find");
  const WAIT = 180; // milliseconds of quiet before asking
  let timer = 0, asking = null, current = -1;

  const input = box?.querySelector("input");
  const list = box?.querySelector("[role=listbox]");
  const options = () => [...list.querySelectorAll("[data-hit]")];

  function mark(index) {
    const all = options();
    current = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, n) => option.setAttribute("aria-selected", String(n === current)));
    if (current < 0) input.removeAttribute("aria-activedescendant");
    else { input.setAttribute("aria-activedescendant", all[current].id); all[current].scrollIntoView({ block: "nearest" }); }
  }

  function show(html) {
    list.innerHTML = html;
    options().forEach((option) => { option.setAttribute("role", "option"); option.tabIndex = -1; });
    mark(0);
    box.querySelector("[data-found]").textContent = options().length ? `Найдено: ${options().length}` : "Ничего не найдено";
  }

  async function look() {
    asking?.abort();
    const mine = asking = new AbortController();
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${box.dataset.url}?part=1&q=${encodeURIComponent(input.value)}`, { signal: mine.signal });
      // Signed out meanwhile: the login page is no list of hits.
      if (answer.redirected) { location.reload(); return; }
      const html = await answer.text();
      if (mine === asking && answer.ok) show(html);
      else if (mine === asking) list.textContent = "Не удалось найти. Измените слова поиска.";
    } catch (error) {
      if (error.name !== "AbortError") list.textContent = "Нет связи с сервером. Попробуйте ещё раз.";
    } finally {
      if (mine === asking) list.removeAttribute("aria-busy");
    }
  }

  function open(text) {
    if (box.open) return;
    input.value = text || "";
    box.showModal();
    input.focus();
    look();
  }

  function move(event) {
    // The browser would first only empty the entry.
    if (event.key === "Escape") { event.preventDefault(); box.close(); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); mark(current + step); }
    if (event.key === "Enter") {
      event.preventDefault();
      const chosen = options()[current];
      if (chosen && !list.hasAttribute("aria-busy")) chosen.click();
      else location.assign(`${box.dataset.url}?q=${encodeURIComponent(input.value)}`);
    }
  }

  async function star(form) {
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) { form.submit(); return; }
      const kept = (await answer.json()).favourite;
      const words = kept ? "Убрать из избранного" : "В избранное";
      button.setAttribute("aria-pressed", String(kept));
      button.setAttribute("aria-label", words);
      button.title = words;
      const live = document.getElementById("live");
      if (live) live.textContent = kept ? "Запись в избранном." : "Запись убрана из избранного.";
    } catch { form.submit(); } finally { button.disabled = false; button.focus(); }
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-star]")) return;
    event.preventDefault();
    event.stopPropagation(); // not the busy look of a form that leaves the page
    star(event.target);
  }, true);
  if (!box?.showModal) return;

  // Before panel.js, which only moves the focus into the box of the top bar.
  document.addEventListener("keydown", (event) => {
    if (!((event.ctrlKey || event.metaKey) && event.code === "KeyK")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open("");
  }, true);
  document.querySelector("[data-key=find]")?.addEventListener("click", (event) => open(event.target.value));
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, WAIT); });
  input.addEventListener("keydown", move);
  box.addEventListener("close", () => { clearTimeout(timer); asking?.abort(); });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
})();
