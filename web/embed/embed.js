// OnRecord on any page: one script tag puts a chat bubble, or a panel, where it stands.
//
//   <script src="https://intranet.example/news/embed/embed.js" async
//           data-mode="bubble" data-language="en" data-question="…" data-publisher="…"></script>
//
// Where visitors sign in, data-token holds a token that the page's server got for them, or
// data-token-from the address of the page's own site that returns {"token": "…"} whenever one is needed.
//
// What is shown is a frame of OnRecord's own page, so nothing of the host page can read or alter it;
// the button stands in a shadow root. Both work under a strict policy of the host page that lets
// scripts and frames from OnRecord's address, and no cookie is needed.
(() => {
  "use strict";
  const script = document.currentScript;
  const { mode = "bubble", target, label = "Ask the record", ...given } = script.dataset;
  const base = new URL("../", script.src);

  const SHEET = `
    :host { all: initial; }
    :host([inline]) { display: block; height: var(--onrecord-height, 640px); }
    button {
      position: fixed; inset-block-end: 20px; inset-inline-end: 20px;
      z-index: var(--onrecord-z, 2147483000);
      font: 600 16px/1 system-ui, sans-serif; padding: 15px 22px; border: 0; border-radius: 28px;
      color: var(--onrecord-on-accent, #fff); background: var(--onrecord-accent, #14506b);
      box-shadow: 0 4px 16px rgb(0 0 0 / .25); cursor: pointer;
    }
    button:focus-visible { outline: 3px solid var(--onrecord-accent, #14506b); outline-offset: 3px; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    div {
      position: fixed; inset-block-end: 84px; inset-inline-end: 20px;
      z-index: var(--onrecord-z, 2147483000);
      width: min(var(--onrecord-width, 440px), calc(100vw - 40px));
      height: min(var(--onrecord-height, 680px), calc(100vh - 104px));
      border-radius: 14px; overflow: hidden; background: #fff;
      box-shadow: 0 8px 40px rgb(0 0 0 / .3);
    }
    div[hidden] { display: none; }`;

  function address() {
    const url = new URL(base);
    url.searchParams.set("frame", "1");
    const names = { language: "lang", question: "q", publisher: "publisher", theme: "__theme" };
    for (const [name, parameter] of Object.entries(names)) {
      if (given[name]) url.searchParams.set(parameter, given[name]);
    }
    if (given.token || given.tokenFrom) url.searchParams.set("handed", "1");
    return url.href;
  }

  function frame() {
    const made = document.createElement("iframe");
    made.title = label;
    made.src = address();
    made.allow = "clipboard-write";
    made.referrerPolicy = "origin";
    handOver(made);
    return made;
  }

  // A token is good once, and handed to nobody but our own frame.
  async function token() {
    if (!given.tokenFrom) return given.token;
    const init = { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } };
    const reply = await fetch(given.tokenFrom, init);
    return reply.ok ? (await reply.json()).token : "";
  }

  function handOver(frame) {
    window.addEventListener("message", async ({ source, origin, data }) => {
      const own = origin === base.origin && source === frame.contentWindow;
      if (!own || data !== "onrecord:token") return;
      frame.contentWindow.postMessage({ onrecordToken: await token() }, base.origin);
    });
  }

  function shadow(host) {
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    root.adoptedStyleSheets = [sheet];
    return root;
  }

  function bubble(root) {
    const button = document.createElement("button");
    const panel = document.createElement("div");
    panel.hidden = true;
    panel.id = "panel";
    button.type = "button";
    button.textContent = label;
    const show = (shown) => {
      if (shown && !panel.firstChild) panel.append(frame());
      panel.hidden = !shown;
      button.setAttribute("aria-expanded", String(shown));
      (shown ? panel.firstChild : button).focus();
    };
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", panel.id);
    button.addEventListener("click", () => show(panel.hidden));
    root.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
    window.addEventListener("message", ({ source, origin, data }) => {
      const own = origin === base.origin && source === panel.firstChild?.contentWindow;
      if (own && data === "onrecord:close") show(false);
      if (own && data === "onrecord:ready" && !panel.hidden) {
        panel.firstChild.focus();
        source.postMessage("onrecord:focus", base.origin);
      }
    });
    root.append(button, panel);
  }

  function put() {
    const host = document.createElement("onrecord-chat");
    const root = shadow(host);
    if (mode === "inline") {
      host.setAttribute("inline", "");
      root.append(frame());
      const place = target && document.querySelector(target);
      if (target && !place) console.warn(`OnRecord: no element is "${target}", as data-target says`);
      if (place) place.append(host);
      else if (document.body.contains(script)) script.after(host);
      else document.body.append(host); // nothing is seen in the head
    } else {
      bubble(root);
      document.body.append(host);
    }
  }

  const standsHere = mode === "inline" && !target && document.body?.contains(script);
  if (document.readyState !== "loading" || standsHere) put();
  else document.addEventListener("DOMContentLoaded", put);
})();
