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
    yes.className = button?.classList?.contains("btn-danger") ? "btn btn-danger" : "btn btn-primary";
    box.returnValue = "";
    box.addEventListener("close", () => { if (box.returnValue === "yes") then(); }, { once: true });
    box.showModal();
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
      const values = other?.multiple ? [...other.selectedOptions].map((o) => o.value) : [other?.value];
      values.filter(Boolean).forEach((value) => url.searchParams.append((param || name).trim(), value));
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
    let failed = false, late = 0; // answers on their way as the list closed
    const plugins = {};
    if (el.dataset.remote) plugins.virtual_scroll = {};
    if (blank && !el.multiple) plugins.clear_button = { title: "Очистить" };
    if (el.multiple) plugins.remove_button = { title: "Убрать" };
    const options = {
      plugins, maxOptions: null, hidePlaceholder: !el.multiple, create: false, hideSelected: el.multiple, allowEmptyOption: false, closeAfterSelect: !el.multiple,
      placeholder: el.dataset.placeholder || (el.dataset.remote ? "Начните вводить…" : "Не выбрано"),
      onItemAdd() { this.setTextboxValue(""); },
      onType() { late = 0; },
      onFocus() { late = 0; },
      // What was typed and not read yet, and answers that are on their way, do not open a closed list again
      onDropdownClose() { clearTimeout(this.refreshTimeout); late = this.loading; },
      onLoad() { if (late) this.close(); },
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

  // Dates as dd.mm.yyyy whatever language the browser speaks: a text box of ours, the browser's calendar on a button beside it.
  // Only under a finger its own date box stays, where that writes dd.mm.yyyy: no keyboard is wanted there.
  const written = (language) => new Intl.DateTimeFormat(language, { day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date(2026, 7, 31));
  const LIKE_OURS = matchMedia("(pointer: coarse)").matches && [undefined, navigator.language].every((language) => written(language) === "31.08.2026"); // the program's own and the preferred
  const shown = (iso) => iso.split("-").reverse().join(".");
  const MONTHS = ["янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
  function iso(text) { // as the server reads it: 15. 03. 2015, 15.03.15, 15 марта 2015 г.
    const bare = text.replace(/[\p{Cf}«»"]/gu, "").trim().toLowerCase().replace(/\s*(г\.?|года?)$/, "");
    const found = /^(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4}|\d{2})$/.exec(bare) || /^(\d{1,2})[\s.]+([а-я]{3,8})[\s.]+(\d{4}|\d{2})$/.exec(bare);
    if (!found) return "";
    const [, day, word, digits] = found, month = Number(word) || MONTHS.findIndex((start) => word.startsWith(start)) + 1;
    const year = digits.length === 4 ? Number(digits) : Number(digits) + (Number(digits) >= 50 ? 1900 : 2000);
    const date = new Date(Date.UTC(year, month - 1, day));
    return date.getUTCDate() === Number(day) && date.getUTCMonth() === month - 1 ? date.toISOString().slice(0, 10) : "";
  }
  function dateBox(el) {
    const value = el.type === "date" ? el.value : iso(el.value), box = document.createElement("span"), calendar = document.createElement("input"), button = document.createElement("button");
    const tell = () => ["input", "change"].forEach((name) => el.dispatchEvent(new Event(name, { bubbles: true })));
    if (el.type === "date") { el.type = "text"; el.value = shown(value); el.defaultValue = el.value; } // a text comes from the server: no date was typed
    Object.assign(el, { inputMode: "numeric", placeholder: "дд.мм.гггг", autocomplete: "off" });
    el.dataset.mask = "date";
    Object.assign(calendar, { type: "date", tabIndex: -1, value });
    calendar.setAttribute("aria-hidden", "true");
    calendar.dataset.noGuard = "";
    Object.assign(button, { type: "button", className: "date-open", title: "Календарь", innerHTML: '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 7a2 2 0 0 1 2 -2h12a2 2 0 0 1 2 2v12a2 2 0 0 1 -2 2h-12a2 2 0 0 1 -2 -2zM16 3v4M8 3v4M4 11h16"/></svg>' });
    button.setAttribute("aria-label", "Выбрать в календаре");
    button.addEventListener("click", () => { if (!el.disabled) calendar.showPicker?.(); });
    calendar.addEventListener("change", (e) => { e.stopPropagation(); el.value = shown(calendar.value); tell(); el.focus(); });
    el.addEventListener("change", () => { calendar.value = iso(el.value); if (calendar.value) el.value = shown(calendar.value); });
    box.className = "date-box";
    el.before(box);
    box.append(el, calendar, button);
  }
  const enhance = (root) => {
    const awake = (el) => !el.closest("[data-asleep]"); // a row of many is made when it comes into sight (rows.js)
    $$("select[data-remote], select[data-enhance]", root).filter(awake).forEach(remote);
    if (!LIKE_OURS) $$('input[type="date"], input[data-mask="date"]', root).filter((el) => awake(el) && !el.closest(".date-box")).forEach(dateBox);
  };

  // Input masks
  const masks = {
    date(text) { // any separator ends a part: 1.9.2026, 01/09/2026 and 01092026 are one date
      const given = text.trim(), made = [];
      if (/^\d{4}-\d\d-\d\d$/.test(given)) return shown(given);
      if (given.replace(/\D/g, "").length > 8) return text; // more than a date: nothing is cut
      given.split(/\D/).forEach((part, i, parts) => {
        for (let rest = part; rest && made.length < 3; rest = rest.slice(2)) {
          if (made.length === 2) { made.push(rest.slice(0, 4)); break; }
          made.push(rest.slice(0, 2));
        }
        const last = made.length - 1;
        if (i < parts.length - 1 && last >= 0 && last < 2) made[last] = made[last].padStart(2, "0");
      });
      return made.join(".") + (/\D$/.test(given) && made.length && made.length < 3 ? "." : "");
    },
    snils(d) { return [d.slice(0, 3), d.slice(3, 6), d.slice(6, 9)].filter(Boolean).join("-") + (d.length > 9 ? " " + d.slice(9) : ""); },
    phone(d) {
      if (!d) return "";
      if (d[0] === "8" || d[0] === "7") d = d.slice(1);
      return "+7" + (d ? " (" + d.slice(0, 3) : "") + (d.length > 3 ? ") " + d.slice(3, 6) : "") + (d.length > 6 ? "-" + d.slice(6, 8) : "") + (d.length > 8 ? "-" + d.slice(8) : "");
    },
  };
  function mask(el, event) {
    const kind = el.dataset.mask;
    if (!masks[kind] || /[^\d\s()+.,/-]/.test(el.value)) return; // letters: leave them, the server explains
    if (kind !== "date" && el.value.replace(/\D/g, "").length > 11) return; // two numbers in one: nothing is cut, the server asks
    if (kind === "phone" && /^\s*\+(?!7)/.test(el.value)) return; // a foreign number stays as typed
    if (el.selectionStart !== el.value.length || event?.inputType?.startsWith("delete")) return;
    el.value = masks[kind](kind === "date" ? el.value : el.value.replace(/\D/g, ""));
  }

  // Forms: unsaved changes, double submit, half-typed dates
  const soil = (el) => { const form = el.form || el.closest?.("form"); if (form?.hasAttribute("data-guard") && !el.closest("[data-no-guard], .ts-wrapper")) form.dataset.dirty = ""; };
  const busy = (form, on) => $$("button[type=submit], button:not([type])", form).concat($$(`button[form="${form.id}"]`)).forEach((b) => { b.classList.toggle("is-busy", on); b.setAttribute("aria-disabled", String(on)); });
  const isHalf = (el) => el.closest(".is-out") ? false : el.type === "date" ? el.validity.badInput : el.dataset.mask === "date" && !el.disabled && el.value.trim() !== "" && !iso(el.value);
  function refuseHalf(el) {
    const place = el.closest(".date-box") || el, full = /^\d\d\.\d\d\.\d{4}$/.test(el.value);
    const text = full ? "Такой даты нет. Ожидается дд.мм.гггг, например 31.08.2026." : "Дата введена не полностью: нужны день, месяц и год.";
    let bad = $("[data-half]", place.parentNode);
    if (!bad) {
      bad = Object.assign(document.createElement("div"), { className: "bad", id: `${el.id}-half` });
      bad.dataset.half = "";
      place.after(bad);
      el.setAttribute("aria-describedby", [el.getAttribute("aria-describedby"), bad.id].filter(Boolean).join(" "));
    }
    bad.textContent = text;
    el.setAttribute("aria-invalid", "true");
    el.focus();
    say(text);
  }
  function submit(event) {
    const form = event.target, button = event.submitter;
    if (form.dataset.sent) { event.preventDefault(); return; }
    const half = [...form.elements].find(isHalf);
    if (half) { event.preventDefault(); refuseHalf(half); return; }
    const question = button?.dataset.confirm || form.dataset.confirm;
    if (question && !form.dataset.asked) {
      event.preventDefault();
      ask(question, button, () => { form.dataset.asked = "1"; form.requestSubmit(button); });
      return;
    }
    delete form.dataset.asked;
    if (form.hasAttribute("data-in-place")) { event.preventDefault(); form.dispatchEvent(new CustomEvent("panel:send", { bubbles: true })); return; }
    if (form.method === "get" || form.method === "dialog" || form.hasAttribute("data-download")) return;
    form.dataset.sent = "1";
    setTimeout(() => busy(form, true)); // after the button's own value is on its way
  }
  function wrongCondition() { // a list that opens would cover the words
    const words = $("#filters .bad");
    return words && ($("[aria-invalid]:not(.tomselected, .ts-wrapper *)", words.closest(".field")) ?? words);
  }
  document.addEventListener("formdata", (event) => { // an address carries only what is filled
    if (event.target.method !== "get") return;
    const given = event.formData;
    [...new Set(given.keys())].forEach((name) => {
      const filled = given.getAll(name).filter((value) => value !== "");
      given.delete(name);
      filled.forEach((value) => given.append(name, value));
    });
  });
  const unsaved = () => $$("form[data-guard][data-dirty]").some((form) => !form.dataset.sent);

  // Keys: by place on the keyboard, so that a Russian layout works too
  function save(event) {
    const button = $("form[data-guard] [type=submit]", $("dialog[open]") || document);
    if (!button) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  }
  function walk(event, step) {
    const links = $$("tbody a.row-link"), at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.closest("tr").scrollIntoView({ block: "nearest" });
  }
  function keys(event) {
    if (event.key === "Escape") {
      const open = $("details.drop[open]");
      if (document.body.classList.contains("menu-open")) menu(false);
      else if (open) { open.open = false; $("summary", open).focus(); }
      else if (event.target.matches?.('input[type="search"]')) event.target.blur();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK" && $("[data-key=find]")) { event.preventDefault(); $("[data-key=find]").focus(); return; }
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") { save(event); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || store.get("keys") === "off") return;
    if (event.target.closest?.("input, select, textarea, [contenteditable], dialog, .ts-wrapper")) return;
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) { $("#keys")?.showModal(); return; }
    if (event.shiftKey) return;
    if (event.code === "KeyS") { save(event); return; }
    if (event.code === "KeyJ" || event.code === "KeyK") { walk(event, event.code === "KeyJ" ? 1 : -1); return; }
    const name = { Slash: "search", NumpadDivide: "search", KeyN: "new", KeyE: "edit" }[event.code];
    const target = name && ($(`[data-key="${name}"]`) || (name === "search" && $("[data-key=find]")));
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) { target.focus(); target.select(); } else target.click();
  }

  document.addEventListener("keydown", keys);
  document.addEventListener("submit", submit);
  document.addEventListener("input", (e) => { if (e.target.dataset?.mask) mask(e.target, e); soil(e.target); });
  document.addEventListener("change", (e) => {
    if (ready) soil(e.target);
    if (e.target.matches?.("[data-auto-submit]")) e.target.form.requestSubmit();
    if (e.target.matches?.("[data-one-column]")) oneColumn(e.target);
    if (e.target.matches?.("[data-empty]")) store.set("empty", e.target.checked ? "on" : "off");
    if (e.target.matches?.("[data-keys-switch]")) store.set("keys", e.target.checked ? "on" : "off");
  });
  function oneColumn(select) {
    $$("[data-column]", document).forEach((cell) => { cell.hidden = select.value !== "" && cell.dataset.column !== select.value; });
  }
  // A card that goes to paper is noted, whether by its button or by the keys of the browser
  addEventListener("beforeprint", () => {
    const form = $("[data-printing]");
    if (form) navigator.sendBeacon(form.action, new FormData(form));
  });
  function foldRows(button) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    $$("tr", button.closest("tbody")).slice(1).forEach((row) => { row.hidden = !open; });
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
    else if ((hit = on("[data-fold-rows]"))) foldRows(hit);
    else if ((hit = on("[data-show-keys]"))) { hit.closest("details").open = false; $("#keys").showModal(); }
    else if ((hit = on("[data-login]"))) { $("#username").value = hit.dataset.login; $("#password").value = hit.dataset.password; hit.dataset.go !== undefined ? $("#username").form.requestSubmit() : $("#password").focus(); }
    else if ((hit = on("tr[data-href]")) && !on("a, button, input, label, select, summary, .pick") && !String(getSelection())) {
      if (e.ctrlKey || e.metaKey) window.open(hit.dataset.href); else location.assign(hit.dataset.href);
    } else if ((hit = on("td.pick")) && e.target === hit) $("input", hit)?.click();
  });
  document.addEventListener("change", (e) => {
    if (e.target.matches?.("[data-tick-all]")) $$("tbody .pick input", e.target.closest("table")).forEach((box) => { box.checked = e.target.checked; });
    else if (e.target.matches?.("[data-submits]")) e.target.form.requestSubmit();
  });
  document.addEventListener("auxclick", (e) => {
    const row = e.button === 1 && e.target.closest("tr[data-href]");
    if (row && !e.target.closest("a, button, input, label")) window.open(row.dataset.href);
  });
  window.addEventListener("beforeunload", (e) => { if (unsaved()) { e.preventDefault(); e.returnValue = ""; } });
  window.addEventListener("pageshow", () => { $$("form").forEach((f) => { delete f.dataset.sent; busy(f, false); }); });

  window.panel = { ask, enhance, json, say };
  let ready = false;
  paint();
  enhance(document);
  $$("[data-one-column]").forEach(oneColumn);
  $$("[data-empty]").forEach((el) => { el.checked = store.get("empty") === "on"; });
  $$("[data-keys-switch]").forEach((el) => { el.checked = store.get("keys") !== "off"; });
  ($("#errors") ?? $("#import-refusal") ?? $("#conflict") ?? $("#doubts") ?? wrongCondition())?.focus(); // what was refused first, then what is asked
  // A heading stays as one left it; the one that holds the present page is open in any case.
  $$("[data-fold]").forEach((el) => {
    const key = `fold:${el.dataset.fold}`, kept = store.get(key);
    if (kept && !$("[aria-current]", el)) el.open = kept === "open";
    $("summary", el).addEventListener("click", () => store.set(key, el.open ? "shut" : "open"));
  });
  $("#menu [aria-current=page]")?.scrollIntoView({ block: "nearest" });
  if (location.hash === "#menu") history.replaceState(null, "", location.pathname + location.search);
  ready = true;
})();
