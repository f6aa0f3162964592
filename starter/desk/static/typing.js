// What is typed into the forms of a page stays until its form was sent, or its writer signs out: in this tab, and nowhere
// else. So a page that is drawn anew, in another language, after another form or after signing in again, has it still.
// Forms that are sent with POST and have an id are kept, and others that say so with data-kept.
"use strict";

(() => {
  const SHELF = sessionStorage;
  const PREFIX = "typed:";
  const SENT = "sent";
  const me = document.documentElement.dataset.me;
  const byId = (id) => document.getElementById(id);
  const shelved = (from = PREFIX) => Object.keys(SHELF).filter((key) => key.startsWith(from));

  // A page on which something is written says which it is; the address may be one to which a form was sent.
  const { place } = byId("main").dataset;
  const mine = `${PREFIX}${me}:${place}:`;
  const keyOf = (form) => mine + form.id;
  const nameOf = (field) => field.id || field.name;
  const draftOf = (form) => form.dataset.draft || "";
  const labelOf = (field) => [field.form.getAttribute("aria-label"), field.labels.length && field.labels[0].textContent]
    .filter(Boolean).map((said) => said.replace(/\s+/g, " ").trim()).join(" · ");
  const keptSaid = (key) => ({ fields: {}, draft: "", ...JSON.parse(SHELF.getItem(key)) });
  const keep = (key, said) => SHELF.setItem(key, JSON.stringify(said));

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

  // In a form that came back, or that brings itself up to date, what was typed is what its fields begin with.
  const shelve = (form) => {
    const whole = form.querySelector(".refusal") || "kept" in form.dataset;
    const typed = fieldsOf(form).filter((field) => now(field) !== beginning(field) || (whole && now(field)));
    const said = typed.map((field) => [nameOf(field), { is: now(field), words: worded(field), label: labelOf(field) }]);
    if (typed.length) keep(keyOf(form), { fields: Object.fromEntries(said), draft: draftOf(form) });
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

  // Words whose form has gone, because its task has, are kept beside, each under what its field was called.
  const aside = ({ is, label }, number) => {
    const [kept, called] = ["textarea", "label"].map((tag) => document.createElement(tag));
    Object.assign(kept, { id: `kept-${number}`, readOnly: true, rows: 4, value: is });
    Object.assign(called, { htmlFor: kept.id, textContent: label });
    return [called, kept];
  };
  const homeless = [];
  const fieldOf = (form, name) => form && fieldsOf(form).find((one) => nameOf(one) === name);
  // A draft that somebody has saved since is newer than these words: it stands in the form, and they beside it.
  const giveWay = (key) => {
    const form = byId(key.slice(mine.length));
    const { fields, draft } = keptSaid(key);
    if (!form || !draftOf(form) || draftOf(form) === draft) return;
    const covers = ([name, { is, words }]) => {
      const field = words && fieldOf(form, name);
      return field && beginning(field) && now(field) !== is;
    };
    const older = Object.entries(fields).filter(covers);
    if (!older.length) return;
    keep(`${key}@${draft}`, { fields: Object.fromEntries(older), draft });
    keep(key, { fields: Object.fromEntries(Object.entries(fields).filter((one) => !covers(one))), draft: draftOf(form) });
  };
  const restoreOne = (key) => {
    const form = byId(key.slice(mine.length));
    for (const [name, said] of Object.entries(keptSaid(key).fields)) {
      const field = fieldOf(form, name);
      if (field) put(field, said.is);
      else if (said.words && said.is.trim()) homeless.push(said);
    }
  };
  const restore = () => {
    if (!place || !me) return;
    homeless.length = 0;
    shelved(mine).forEach(giveWay);
    shelved(mine).forEach(restoreOne);
    const shown = [...document.querySelectorAll("#kept textarea")];
    if (!byId("kept") || shown.map((one) => one.value).join("\0") === homeless.map(({ is }) => is).join("\0")) return;
    document.querySelectorAll("#kept textarea, #kept label").forEach((one) => one.remove());
    byId("kept-said").after(...homeless.flatMap(aside));
    byId("kept").hidden = !homeless.length;
  };

  // A form was sent if the page after it says that it is done; by going back one comes to such a page, too.
  const sent = SHELF.getItem(SENT);
  const [way] = performance.getEntriesByType("navigation");
  SHELF.removeItem(SENT);
  const done = byId("done") && way && way.type === "navigate" ? mine + byId("done").dataset.verb : null;
  if (sent && (sent === done || sent.startsWith(`${done}-`))) SHELF.removeItem(sent);
  // What was saved as a draft stays typed, on top of this draft.
  if (sent && done === `${mine}save_draft` && byId(sent.slice(mine.length)) && SHELF.getItem(sent))
    keep(sent, { ...keptSaid(sent), draft: draftOf(byId(sent.slice(mine.length))) });

  const written = (event) => {
    const { form } = event.target;
    if (place && me && form && form.id && (form.method === "post" || "kept" in form.dataset)) shelve(form);
  };
  document.addEventListener("input", written);
  document.addEventListener("change", written);
  document.addEventListener("submit", ({ target }) => {
    if (target.getAttribute("action") === "/desk/sign-out") shelved().forEach((key) => SHELF.removeItem(key));
    else if ("kept" in target.dataset) SHELF.removeItem(keyOf(target));
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
