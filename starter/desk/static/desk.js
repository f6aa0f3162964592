// What pages of the desk cannot do by themselves. Without it everything works, only less conveniently.
"use strict";

(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);

  // The next page has its times in the zone of this browser.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && zone !== root.dataset.zone) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `duecourse_zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=strict${secure}`;
  }

  // Ctrl+Enter sends the form in which somebody writes.
  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && form.method === "post") {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  // A template goes to where somebody writes, and nothing else on the page is lost.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-inserts]");
    if (!button) return;
    event.preventDefault();
    const field = byId(button.dataset.inserts);
    const words = button.form.elements.template.selectedOptions[0].dataset.words;
    const before = field.value.slice(0, field.selectionStart);
    field.setRangeText(before && !before.endsWith("\n") ? `\n\n${words}` : words, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  const typed = (within) =>
    [...within.querySelectorAll("textarea:not([readonly]), input[type=text]")].filter(
      (field) => field.value.trim() && field.value !== field.defaultValue
    );

  // A page that cannot be brought up to date says so and why, and stays as it is. Where only the session is over it
  // goes to signing in, or leads there if somebody is writing. What may not be seen any more is not asked for again.
  const stale = (is, why) => {
    const told = byId("stale");
    told.hidden = !is;
    if (is) told.textContent = [told.dataset.said, why].join(" ");
  };
  const signedOut = (is) => {
    byId("signed-out").hidden = !is;
  };
  document.addEventListener("htmx:error", () => stale(true));
  document.addEventListener("htmx:sse:after:connection", () => signedOut(false));
  // Whoever has signed in again in another tab comes back to this one, which may have nothing to ask for by itself.
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden || !byId("signed-out") || byId("signed-out").hidden) return;
    const answered = await fetch("/v1/me").catch(() => ({ ok: false }));
    if (answered.ok) signedOut(false);
  });
  document.addEventListener("htmx:before:response", (event) => {
    const { response, sourceElement } = event.detail.ctx;
    const refused = response.status >= 400;
    const out = response.status === 401;
    signedOut(out);
    stale(refused && !out, decodeURIComponent(response.headers.get("X-Refusal") || ""));
    if (refused && (!out || typed(document).length)) event.preventDefault();
    if (response.status === 403 || response.status === 404) sourceElement.remove();
  });

  // New work is marked for a minute, and said aloud.
  const MARKED = 60_000;
  const entries = () => [...document.querySelectorAll("#queue-entries > li")];
  const since = new Map(entries().map((entry) => [entry.id, -MARKED]));
  // Where more waits than is shown, what stood below the end comes up: it is new only if it was offered since.
  const drawn = () => ({ ...(byId("work") || { dataset: {} }).dataset });
  let before = drawn();
  document.addEventListener("htmx:after:swap", () => {
    const news = byId("news");
    for (const entry of entries()) {
      if (news && !since.has(entry.id)) {
        const isNew = !before.more || entry.dataset.offered > before.drawn - MARKED;
        since.set(entry.id, isNew ? performance.now() : -MARKED);
        if (isNew) news.textContent = `${news.dataset.said} ${entry.querySelector("a").textContent}`;
      }
      entry.classList.toggle("fresh", performance.now() - since.get(entry.id) < MARKED);
    }
    before = drawn();
  });
})();
