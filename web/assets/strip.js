// What every page of ours does by itself: one row at the top whatever its width, with a drawer for what
// has no room in it, the language that is picked, and light or dark as the reader's system is where
// Gradio does not see to it.
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
    if (!reply?.ok) return;
    if (window.onrecordSources) window.onrecordSources(); // over a conversation, which stays
    else location.reload();
  }
  document.addEventListener("visibilitychange", lookAgain);
  window.addEventListener("pageshow", ({ persisted }) => persisted && lookAgain());

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (document.body.classList.contains("plain")) document.body.classList.toggle("dark", dark.matches);
  };
  document.addEventListener("DOMContentLoaded", follow);
  dark.addEventListener("change", follow);

  // A page of ours beside the chat page leads back to the conversation that was open in this tab.
  function leadBack() {
    if (!document.body.classList.contains("plain")) return;
    let open = "";
    try {
      open = sessionStorage.getItem("onrecord:open") ?? "";
    } catch {
      return; // blocked in some frames
    }
    for (const link of open ? document.querySelectorAll('a[href="./"], a[href^="./#at="]') : []) {
      const at = link.getAttribute("href").split("#")[1];
      link.setAttribute("href", `./#${open}${at ? `&${at}` : ""}`);
    }
    // The browser takes both for one page where the chat page had opened this one and it was loaded again.
    window.addEventListener("popstate", () => location.reload());
  }
  document.addEventListener("DOMContentLoaded", leadBack);

  const phone = window.matchMedia("(max-width: 639px)");

  // Measured, not guessed by the window's width: languages, names and enlarged text differ.
  function fit(strip) {
    const row = strip.querySelector(".row");
    const menu = strip.querySelector("#menu");
    const items = [...row.children, ...menu.querySelectorAll(":scope > :not(.top)")];
    row.append(...items);
    strip.classList.remove("brief", "drawn");
    const parts = [strip, ...strip.querySelectorAll("h1 a, .warning")];
    const over = () => parts.some((part) => part.scrollWidth > part.clientWidth);
    strip.classList.toggle("brief", phone.matches || over());
    for (const item of items.reverse()) {
      if (!phone.matches && !over()) break;
      menu.querySelector(".top").after(item);
      strip.classList.add("drawn");
    }
  }

  function watch(strip) {
    let width = 0;
    new ResizeObserver(() => {
      if (strip.clientWidth === width) return;
      width = strip.clientWidth;
      fit(strip);
    }).observe(strip);
    const menu = strip.querySelector("#menu");
    const style = document.body.style;
    new ResizeObserver(() => style.setProperty("--menu", `${menu.offsetHeight}px`)).observe(menu);
  }

  // On the chat page Gradio draws the strip, some time after this script has run.
  const waiting = new MutationObserver(() => {
    const strip = document.querySelector("header.banner:has(#words)"); // its last part: all of it is there
    if (!strip) return;
    waiting.disconnect();
    watch(strip);
  });
  waiting.observe(document, { childList: true, subtree: true });

  // The drawer: the menu, and below it the conversations where these have no column of their own.
  const isOpen = () => document.body.classList.contains("shelved");
  function show(shown) {
    document.body.classList.toggle("shelved", shown);
    const button = document.querySelector(".shelve");
    button?.setAttribute("aria-expanded", String(shown));
    if (shown) document.querySelector("#menu .shut")?.focus();
    else if (document.activeElement?.closest("#menu, #shelf")) button?.focus();
  }
  window.onrecordDrawer = show;

  document.addEventListener("click", (event) => {
    if (event.target.closest(".shelve")) show(!isOpen());
    else if (!isOpen()) return;
    else if (event.target.closest("#menu .shut, #menu .add")) show(false);
    else if (!event.target.closest("#menu, #shelf")) show(false);
  });

  // Who goes on by keyboard behind the drawer's end has left it.
  document.addEventListener("focusin", (event) => {
    if (isOpen() && !event.target.closest("#menu, #shelf, .shelve")) show(false);
  });

  // Before all else that Escape closes.
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !isOpen()) return;
      event.stopPropagation();
      show(false);
      document.querySelector(".shelve")?.focus();
    },
    true,
  );
})();
