// What is typed into the forms of a case stays until its form was sent, or its writer signs out: in this tab, and nowhere
// else. So a page that is drawn anew, in another language, after another form or after signing in again, has it still.
"use strict";

(() => {
  const SHELF = sessionStorage;
  const PREFIX = "typed:";
  const SENT = "sent";
  const me = document.documentElement.dataset.me;
  const byId = (id) => document.getElementById(id);
  const shelved = (from = PREFIX) => Object.keys(SHELF).filter((key) => key.startsWith(from));

  // The page of a case says which it is; the address may be one to which a form was sent.
  const place = byId("kept") && byId("kept").dataset.case;
  const mine = `${PREFIX}${me}:${place}:`;
  const keyOf = (form) => mine + form.id;

  const ticked = (field) => field.type === "checkbox";
  const now = (field) => (ticked(field) ? String(field.checked) : field.value);
  const worded = (field) => field.matches("textarea, input[type=text]");
  const fieldsOf = (form) =>
    [...form.elements].filter((field) => field.matches("textarea, select:not([id=template]), input") && field.name && !/hidden|password|file/.test(field.type));

  const beginning = (field) => {
    if (ticked(field)) return String(field.defaultChecked);
    if (field.tagName !== "SELECT") return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) || field.options[0] || { value: "" }).value;
  };

  // In a form that came back what was typed is what its fields begin with.
  const shelve = (form) => {
    const back = form.querySelector(".refusal");
    const typed = fieldsOf(form).filter((field) => now(field) !== beginning(field) || (back && now(field)));
    const said = Object.fromEntries(typed.map((field) => [field.name, { is: now(field), words: worded(field) }]));
    if (typed.length) SHELF.setItem(keyOf(form), JSON.stringify(said));
    else SHELF.removeItem(keyOf(form));
  };

  const unfold = (field) => {
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };
  const put = (field, is) => {
    if (now(field) === is) return;
    if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === is)) return;
    if (ticked(field)) field.checked = is === "true";
    else field.value = is;
    unfold(field);
  };

  // Words whose form has gone, because its task has, are kept beside.
  const aside = (words) => {
    const kept = document.createElement("textarea");
    kept.readOnly = true;
    kept.rows = 4;
    kept.value = words;
    kept.setAttribute("aria-labelledby", "kept-said");
    return kept;
  };
  const homeless = [];
  const restoreOne = (key) => {
    const form = byId(key.slice(mine.length));
    for (const [name, { is, words }] of Object.entries(JSON.parse(SHELF.getItem(key)))) {
      const field = form && fieldsOf(form).find((one) => one.name === name);
      if (field) put(field, is);
      else if (words && is.trim()) homeless.push(is);
    }
  };
  const restore = () => {
    if (!place || !me) return;
    homeless.length = 0;
    shelved(mine).forEach(restoreOne);
    const shown = [...document.querySelectorAll("#kept textarea")];
    if (shown.map((one) => one.value).join("\0") === homeless.join("\0")) return;
    shown.forEach((one) => one.remove());
    byId("kept-said").after(...homeless.map(aside));
    byId("kept").hidden = !homeless.length;
  };

  // A form was sent if the page after it says that it is done; by going back one comes to such a page, too.
  const sent = SHELF.getItem(SENT);
  const [way] = performance.getEntriesByType("navigation");
  SHELF.removeItem(SENT);
  const done = byId("done") && way && way.type === "navigate" ? mine + byId("done").dataset.verb : null;
  if (sent && (sent === done || sent.startsWith(`${done}-`))) SHELF.removeItem(sent);

  const written = (event) => {
    const { form } = event.target;
    if (place && me && form && form.id && form.method === "post") shelve(form);
  };
  document.addEventListener("input", written);
  document.addEventListener("change", written);
  document.addEventListener("submit", ({ target }) => {
    if (target.getAttribute("action") === "/desk/sign-out") shelved().forEach((key) => SHELF.removeItem(key));
    else if (SHELF.getItem(keyOf(target))) SHELF.setItem(SENT, keyOf(target));
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("#forget")) return;
    for (const key of shelved(mine)) if (!byId(key.slice(mine.length))) SHELF.removeItem(key);
    restore();
  });
  document.addEventListener("htmx:after:swap", restore);
  restore();
  if (byId("words-kept")) byId("words-kept").hidden = !shelved().length;
})();
