/* The panel's behaviour. Every page works without it; nothing here holds a rule of the regulation. */
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } },
  };
  const say = (text) => { const box = $("#live"); if (box) { box.textContent = ""; setTimeout(() => { box.textContent = text; }, 50); } };
  const plural = (n, one, few, many) => {
    const d = n % 10, h = n % 100;
    return d === 1 && h !== 11 ? one : d >= 2 && d <= 4 && (h < 12 || h > 14) ? few : many;
  };

  // Theme: light, dark or the system's
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    const theme = store.get("theme") || "system";
    document.documentElement.dataset.bsTheme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
    $$("[data-theme-set]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.themeSet === theme)));
  }
  dark.addEventListener("change", paint);

  // Side menu on a narrow screen
  function menu(open) {
    const button = $(".burger"), side = $("#menu");
    if (!button || !side) return;
    document.body.classList.toggle("menu-open", open);
    button.setAttribute("aria-expanded", String(open));
    $(".stage").inert = open;
    if (open) $("a", $("nav", side))?.focus(); else button.focus();
  }

  // A question before something that cannot be taken back
  function ask(text, button, then) {
    const box = $("#ask");
    if (!box?.showModal) { if (confirm(text)) then(); return; }
    $("[data-ask-text]", box).textContent = text;
    const yes = $("[data-ask-yes]", box);
    yes.textContent = button?.textContent.trim() || "Продолжить";
    yes.className = button?.classList.contains("btn-danger") ? "btn btn-danger" : "btn btn-primary";
    box.returnValue = "";
    box.addEventListener("close", () => { if (box.returnValue === "yes") then(); }, { once: true });
    box.showModal();
  }

  // Lists: selection
  function picked(root) {
    const boxes = $$("tbody .pick input", root), on = boxes.filter((b) => b.checked), all = $(".pick-all", root);
    boxes.forEach((b) => b.closest("tr").classList.toggle("is-picked", b.checked));
    if (all) { all.checked = on.length > 0 && on.length === boxes.length; all.indeterminate = on.length > 0 && on.length < boxes.length; }
    const note = $("[data-picked]", root);
    if (note) note.textContent = `${plural(on.length, "Выбрана", "Выбраны", "Выбрано")} ${on.length} ${plural(on.length, "запись", "записи", "записей")}`;
  }

  // Remote selects
  function siblingField(el, name) {
    const form = el.form;
    if (!form) return null;
    const near = el.name.replace(/[^-]*$/, name);
    return form.elements[near] || form.elements[name] || null;
  }
  function remoteUrl(el, query, page) {
    const url = new URL(el.dataset.remote, location.href);
    url.searchParams.set("q", query);
    url.searchParams.set("page", page);
    (el.dataset.depends || "").split(",").filter(Boolean).forEach((pair) => {
      const [name, param] = pair.split(":"), other = siblingField(el, name.trim());
      if (other && other.value) url.searchParams.set((param || name).trim(), other.value);
    });
    return url;
  }
  async function json(url) {
    const answer = await fetch(url, { headers: { Accept: "application/json", "X-Requested-With": "fetch" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return answer.json();
  }
  function remote(el) {
    if (!window.TomSelect || el.tomselect) return;
    const esc = (s) => String(s ?? "").replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c]);
    const blank = !el.required && !el.hasAttribute("data-no-blank");
    const urls = new Map(); // next page of each query
    let failed = false;
    const plugins = {};
    if (el.dataset.remote) plugins.virtual_scroll = {};
    if (blank && !el.multiple) plugins.clear_button = { title: "Очистить" };
    if (el.multiple) plugins.remove_button = { title: "Убрать" };
    const options = {
      plugins, maxOptions: null, create: false, hideSelected: el.multiple, allowEmptyOption: false, closeAfterSelect: !el.multiple,
      placeholder: el.dataset.placeholder || (el.dataset.remote ? "Начните вводить…" : "Не выбрано"),
      onItemAdd() { this.setTextboxValue(""); },
      render: {
        option: (d, _) => `<div>${esc(d.text)}${d.hint ? `<span class="hint">${esc(d.hint)}</span>` : ""}</div>`,
        item: (d, _) => `<div>${esc(d.text)}</div>`,
        no_results: () => `<div class="no-results">${failed ? "Список не загрузился. Обновите страницу и попробуйте ещё раз." : "Ничего не нашлось"}</div>`,
        loading: () => '<div class="option quiet">Ищем…</div>',
        loading_more: () => '<div class="option quiet">Ещё…</div>',
        no_more_results: () => "",
        not_loading: null,
      },
    };
    if (el.dataset.remote) {
      Object.assign(options, {
        valueField: "id", labelField: "text", searchField: [], sortField: [{ field: "$order" }], preload: "focus", loadThrottle: 200,
        shouldLoad: () => true, score: () => () => 1,
        firstUrl: (q) => { urls.clear(); return remoteUrl(el, q, 1).href; },
        load(q, done) {
          const url = this.getUrl(q);
          failed = false;
          json(url).then((data) => {
            if (data.more) { const next = new URL(url); next.searchParams.set("page", Number(next.searchParams.get("page")) + 1); this.setNextUrl(q, next.href); }
            done(data.results);
          }).catch(() => { failed = true; done([]); });
        },
      });
    }
    const label = el.id && $(`label[for="${CSS.escape(el.id)}"]`); // the library takes the label away to its own box
    if (label && !el.hasAttribute("aria-label")) el.setAttribute("aria-label", label.textContent.replace("*", "").trim());
    const ts = new window.TomSelect(el, options);
    for (const name of ["aria-describedby", "aria-invalid"]) if (el.hasAttribute(name)) ts.control_input.setAttribute(name, el.getAttribute(name));
    if (el.getAttribute("aria-label")) ts.control_input.setAttribute("aria-label", el.getAttribute("aria-label"));
    (el.dataset.depends || "").split(",").filter(Boolean).forEach((pair) => {
      const other = siblingField(el, pair.split(":")[0].trim());
      other?.addEventListener("change", () => { ts.clear(); ts.clearOptions(); ts.clearPagination?.(); ts.wrapper.classList.remove("preloaded"); ts.loading = 0; });
    });
  }
  const enhance = (root) => $$("select[data-remote], select[data-enhance]", root).forEach(remote);

  // Input masks
  const masks = {
    snils(d) { d = d.slice(0, 11); return [d.slice(0, 3), d.slice(3, 6), d.slice(6, 9)].filter(Boolean).join("-") + (d.length > 9 ? " " + d.slice(9) : ""); },
    phone(d) {
      if (!d) return "";
      if (d[0] === "8" || d[0] === "7") d = d.slice(1);
      d = d.slice(0, 10);
      return "+7" + (d ? " (" + d.slice(0, 3) : "") + (d.length > 3 ? ") " + d.slice(3, 6) : "") + (d.length > 6 ? "-" + d.slice(6, 8) : "") + (d.length > 8 ? "-" + d.slice(8) : "");
    },
  };
  function mask(el, event) {
    const kind = el.dataset.mask;
    if (!masks[kind] || /[^\d\s()+.-]/.test(el.value)) return; // letters: leave them, the server explains
    if (kind === "phone" && /^\s*\+(?!7)/.test(el.value)) return; // a foreign number stays as typed
    if (el.selectionStart !== el.value.length || event?.inputType?.startsWith("delete")) return;
    el.value = masks[kind](el.value.replace(/\D/g, ""));
  }

  // Fields that belong to a kind of order only; a hidden field is not sent
  function showFor(scope = document) {
    const kinds = $$("[data-kind-switch]");
    if (!kinds.length) return;
    const kind = kinds[0].value;
    $$("[data-show-for]", scope).forEach((wrap) => {
      const on = wrap.dataset.showFor.split(/[\s,]+/).includes(kind);
      wrap.hidden = !on;
      $$("input, select, textarea", wrap).forEach((el) => { el.disabled = !on; if (el.tomselect) on ? el.tomselect.enable() : el.tomselect.disable(); });
    });
  }

  // Repeated rows of a form
  function addRow(box, item) {
    const html = $("template", box).innerHTML.replaceAll("__i__", box.dataset.next++);
    const list = $("[data-rows-list]", box);
    list.insertAdjacentHTML("beforeend", html);
    const row = list.lastElementChild;
    if (item) {
      const target = rowTarget(row, box);
      if (target) target.append(new Option(item.text, item.id, true, true));
    }
    enhance(row); showFor(row);
    row.dispatchEvent(new Event("change", { bubbles: true }));
    return row;
  }
  const rowTarget = (row, box) => (box.dataset.target && $(`[name$="-${box.dataset.target}"]`, row)) || $("select[data-remote]", row);
  function dropRow(row) {
    const box = row.closest("[data-rows]"), next = row.nextElementSibling || row.previousElementSibling;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    $$("select", row).forEach((el) => el.tomselect?.destroy());
    row.remove();
    say("Строка убрана");
    (next && $("input, select, button", next) || $("[data-row-add]", box))?.focus();
  }
  async function addClass(box, button) {
    const chooser = $("[data-class-chooser]", box) || $(`[name="${box.dataset.classField || ""}"]`, box.closest("form"));
    const note = $("[data-rows-note]", box), id = chooser?.value;
    if (!id) { note.textContent = "Сначала выберите класс."; (chooser?.tomselect || chooser)?.focus(); return; }
    button.disabled = true; note.textContent = "Загружаем список класса…";
    try {
      const have = new Set($$("[data-row]", box).map((row) => rowTarget(row, box)?.value).filter(Boolean));
      let page = 1, data, added = 0;
      do {
        const url = new URL(box.dataset.classUrl, location.href);
        url.searchParams.set("class_id", id); url.searchParams.set("page", page++);
        data = await json(url);
        data.results.forEach((item) => { if (!have.has(String(item.id))) { addRow(box, item); have.add(String(item.id)); added += 1; } });
      } while (data.more && page < 20);
      $$("[data-row]", box).forEach((row) => { // blank rows were only waiting
        if ($$("input:not([type=hidden]), select, textarea", row).every((el) => !el.value || el.type === "checkbox" && !el.checked) && $$("[data-row]", box).length > 1) { $$("select", row).forEach((el) => el.tomselect?.destroy()); row.remove(); }
      });
      note.textContent = added ? `${plural(added, "Добавлен", "Добавлено", "Добавлено")} ${added} ${plural(added, "обучающийся", "обучающихся", "обучающихся")}.` : "Все обучающиеся класса уже в приказе.";
    } catch { note.textContent = "Список класса не загрузился. Попробуйте ещё раз."; }
    button.disabled = false;
  }

  // Forms: unsaved changes, double submit, half-typed dates
  let dirty = false;
  const busy = (form, on) => $$("button[type=submit], button:not([type])", form).concat($$(`button[form="${form.id}"]`)).forEach((b) => { b.classList.toggle("is-busy", on); b.setAttribute("aria-disabled", String(on)); });
  function submit(event) {
    const form = event.target, button = event.submitter;
    if (form.dataset.sent) { event.preventDefault(); return; }
    const half = $$('input[type="date"]', form).find((el) => el.validity.badInput);
    if (half) {
      event.preventDefault();
      half.setAttribute("aria-invalid", "true"); half.focus();
      say("Дата введена не полностью.");
      let bad = $("[data-half]", half.parentNode);
      if (!bad) { bad = document.createElement("div"); bad.className = "bad"; bad.dataset.half = ""; half.after(bad); }
      bad.textContent = "Дата введена не полностью: нужны день, месяц и год.";
      return;
    }
    const question = button?.dataset.confirm || form.dataset.confirm;
    if (question && !form.dataset.asked) {
      event.preventDefault();
      ask(question, button, () => { form.dataset.asked = "1"; form.requestSubmit(button); });
      return;
    }
    delete form.dataset.asked;
    if (form.method === "get" || form.hasAttribute("data-download")) return;
    form.dataset.sent = "1"; dirty = false;
    setTimeout(() => busy(form, true)); // after the button's own value is on its way
  }

  // Keys: by place on the keyboard, so that a Russian layout works too
  function keys(event) {
    if (event.key === "Escape") {
      const open = $("details.drop[open]");
      if (document.body.classList.contains("menu-open")) menu(false);
      else if (open) { open.open = false; $("summary", open).focus(); }
      else if (event.target.matches?.('input[type="search"]')) event.target.blur();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK" && $("[data-key=find]")) { event.preventDefault(); $("[data-key=find]").focus(); return; }
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyS" && $("form[data-guard] [type=submit]")) { event.preventDefault(); $("form[data-guard]").requestSubmit($("form[data-guard] [type=submit]")); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || store.get("keys") === "off") return;
    if (event.target.closest?.("input, select, textarea, [contenteditable], dialog, .ts-wrapper")) return;
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) { $("#keys")?.showModal(); return; }
    const name = event.shiftKey ? "" : { Slash: "search", NumpadDivide: "search", KeyN: "new", KeyE: "edit" }[event.code];
    const target = name && ($(`[data-key="${name}"]`) || (name === "search" && $("[data-key=find]")));
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) { target.focus(); target.select(); } else target.click();
  }

  document.addEventListener("keydown", keys);
  document.addEventListener("submit", submit);
  document.addEventListener("input", (e) => { if (e.target.dataset?.mask) mask(e.target, e); if (e.target.form?.hasAttribute("data-guard")) dirty = true; });
  document.addEventListener("change", (e) => {
    if (ready && e.target.closest?.("form[data-guard]")) dirty = true;
    if (e.target.matches?.("[data-kind-switch]")) showFor();
    const list = e.target.closest?.(".has-bulk");
    if (e.target.matches?.(".pick-all")) $$("tbody .pick input", list).forEach((b) => { b.checked = e.target.checked; });
    if (list) picked(list);
    if (e.target.matches?.("[data-auto-submit]")) e.target.form.requestSubmit();
    if (e.target.matches?.("[data-one-column]")) oneColumn(e.target);
    if (e.target.matches?.("[data-keys-switch]")) store.set("keys", e.target.checked ? "on" : "off");
  });
  function oneColumn(select) {
    $$("[data-column]", document).forEach((cell) => { cell.hidden = select.value !== "" && cell.dataset.column !== select.value; });
  }
  document.addEventListener("click", (e) => {
    const on = (sel) => e.target.closest(sel);
    let hit;
    $$("details.drop[open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
    if ((hit = on("[data-theme-set]"))) { store.set("theme", hit.dataset.themeSet); paint(); hit.closest("details").open = false; }
    else if ((hit = on(".burger"))) { e.preventDefault(); menu(!document.body.classList.contains("menu-open")); }
    else if ((hit = on(".side-shade"))) { e.preventDefault(); menu(false); }
    else if ((hit = on("[data-close-note]"))) hit.closest(".note").remove();
    else if ((hit = on("[data-print]"))) window.print();
    else if ((hit = on("[data-show-keys]"))) { hit.closest("details").open = false; $("#keys").showModal(); }
    else if ((hit = on("[data-row-add]"))) { const row = addRow(hit.closest("[data-rows]")); const first = rowTarget(row, row.closest("[data-rows]")); (first?.tomselect || $("input, select", row))?.focus(); }
    else if ((hit = on("[data-row-remove]"))) dropRow(hit.closest("[data-row]"));
    else if ((hit = on("[data-class-add]"))) addClass(hit.closest("[data-rows]"), hit);
    else if ((hit = on("[data-login]"))) { $("#username").value = hit.dataset.login; $("#password").value = hit.dataset.password; hit.dataset.go !== undefined ? $("#username").form.requestSubmit() : $("#password").focus(); }
    else if ((hit = on("tr[data-href]")) && !on("a, button, input, label, select, summary, .pick") && !String(getSelection())) {
      if (e.ctrlKey || e.metaKey) window.open(hit.dataset.href); else location.assign(hit.dataset.href);
    } else if ((hit = on("td.pick")) && e.target === hit) $("input", hit)?.click();
  });
  document.addEventListener("auxclick", (e) => {
    const row = e.button === 1 && e.target.closest("tr[data-href]");
    if (row && !e.target.closest("a, button, input, label")) window.open(row.dataset.href);
  });
  window.addEventListener("beforeunload", (e) => { if (dirty) { e.preventDefault(); e.returnValue = ""; } });
  window.addEventListener("pageshow", () => { $$("form").forEach((f) => { delete f.dataset.sent; busy(f, false); }); });

  let ready = false;
  paint();
  enhance(document);
  showFor();
  $$(".has-bulk").forEach(picked);
  $$("[data-one-column]").forEach(oneColumn);
  $$("[data-keys-switch]").forEach((el) => { el.checked = store.get("keys") !== "off"; });
  $("#errors")?.focus();
  if (location.hash === "#menu") history.replaceState(null, "", location.pathname + location.search);
  ready = true;
})();
