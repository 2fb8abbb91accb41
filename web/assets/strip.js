// What every page of ours does by itself: the language that is picked, and light or dark as the
// reader's system is where Gradio does not see to it.
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    if (!event.target.matches("select.language")) return;
    const folder = new URL(".", location.href).pathname;
    const year = 60 * 60 * 24 * 365;
    const kept = `; path=${folder}; max-age=${year}; samesite=lax`;
    document.cookie = `onrecord_language=${event.target.value}${kept}`;
    location.reload();
  });

  // A list of articles that is come back to is drawn anew where the collection has changed.
  async function lookAgain() {
    const { asOf } = document.querySelector("[data-as-of]")?.dataset ?? {};
    if (!asOf || document.visibilityState !== "visible") return;
    const headers = { "If-None-Match": `"${asOf}"` };
    const reply = await fetch(location.href, { headers, cache: "no-store" }).catch(() => null);
    if (reply?.ok) location.reload();
  }
  document.addEventListener("visibilitychange", lookAgain);
  window.addEventListener("pageshow", ({ persisted }) => persisted && lookAgain());

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (document.body.classList.contains("plain")) document.body.classList.toggle("dark", dark.matches);
  };
  document.addEventListener("DOMContentLoaded", follow);
  dark.addEventListener("change", follow);
})();
