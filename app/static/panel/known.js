/* A record that is there already, proposed while its values are typed; taken, it stands in place of what is typed. */
(() => {
  "use strict";
  const $ = (sel, root = document) => root.querySelector(sel);
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
  const WAIT = 350; // milliseconds without a key
  const parts = () => $$("[data-known]");
  const chosen = (part) => document.getElementById(part.dataset.knownField);

  // What a chosen record says of itself is not asked for
  function settle(part) {
    const taken = Boolean(chosen(part).value);
    $$(".field", part).filter((wrap) => !wrap.contains(chosen(part)) && !$$("[name]", wrap).some((el) => el.name.match(/-(relation|lives_with)$/))).forEach((wrap) => window.panel.toggle(wrap, !taken));
    if (taken) offer(part, []);
  }
  function offer(part, found) {
    const box = $("[data-known-found]", part);
    box.hidden = !found.length;
    const list = $("ul", box);
    list.replaceChildren(...found.map(({ id, text, hint }) => {
      const item = document.createElement("li"), button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn btn-plain btn-sm", textContent: "Взять эту карточку" });
      Object.assign(button.dataset, { knownTake: id, text });
      button.setAttribute("aria-label", `Взять эту карточку: ${text}`);
      item.append(hint ? `${text}, ${hint} ` : `${text} `, button);
      return item;
    }));
  }
  function take(button) {
    const part = button.closest("[data-known]"), el = chosen(part), id = button.dataset.knownTake;
    if (el.tomselect) { el.tomselect.addOption({ id, text: button.dataset.text }); el.tomselect.addItem(id); }
    settle(part);
    (el.tomselect || el).focus();
    window.panel.say(`Взята карточка: ${button.dataset.text}`);
  }
  const waiting = new Map(), asked = new Map();
  async function ask(part) {
    const form = $("#edit-form"), body = new FormData();
    const token = form.elements.csrf_token;
    if (token) body.set("csrf_token", token.value);
    $$("input[name], select[name]", part).forEach((el) => body.set(el.name, el.value));
    const sent = new URLSearchParams(body).toString();
    if (asked.get(part) === sent || chosen(part).value) return;
    asked.set(part, sent);
    const answer = await fetch(part.dataset.known, { method: "POST", body, headers: { Accept: "application/json", "X-Requested-With": "fetch" }, credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && !answer.redirected && asked.get(part) === sent && !chosen(part).value) offer(part, (await answer.json()).found);
  }
  document.addEventListener("input", (e) => {
    const part = e.target.closest?.("[data-known]");
    if (!part || e.target === chosen(part)) return;
    clearTimeout(waiting.get(part));
    waiting.set(part, setTimeout(() => ask(part), WAIT));
  });
  document.addEventListener("change", (e) => {
    const part = e.target.closest?.("[data-known]");
    if (part && e.target === chosen(part)) settle(part);
  });
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-known-take]");
    if (button) take(button);
  });
  document.addEventListener("DOMContentLoaded", () => parts().forEach(settle));
})();
