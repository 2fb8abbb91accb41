// The page of sources, opened over the conversation, which stays below it as it is. The address is that
// of the page of sources: the browser's Back leads to the conversation, and a reload to that page itself.
(() => {
  "use strict";
  const plain = (event) => !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const isOpen = () => document.body.classList.contains("overviewing");
  let title = "";
  let opener = null;
  let top = 0;

  async function fetched() {
    const reply = await fetch(`sources${location.search}`);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    return page.querySelector("main.overview");
  }

  // Returns whether it could be had; who has to sign in first is told so by the page itself.
  async function drawn() {
    const main = await fetched().catch(() => null);
    if (!main) return false;
    const back = document.createElement("a");
    back.className = "back";
    back.href = "./";
    back.textContent = document.getElementById("words").dataset.back;
    main.prepend(back);
    main.querySelector("h2").tabIndex = -1;
    const box = document.getElementById("overview") ?? document.createElement("div");
    box.id = "overview";
    box.className = "page";
    box.replaceChildren(main);
    document.body.append(box);
    return true;
  }

  window.onrecordSources = drawn;

  async function open(link) {
    if (isOpen()) return;
    opener = link;
    if (!(await drawn())) location.assign(link.href);
    else if (!isOpen()) {
      history.pushState({ overview: true }, "", `sources${location.search}`);
      show(true);
    }
  }

  function show(shown) {
    if (shown === isOpen()) return;
    document.body.classList.toggle("overviewing", shown);
    for (const below of ["left", "source"]) document.getElementById(below).inert = shown;
    const link = document.querySelector(".sources-link");
    if (shown) link?.setAttribute("aria-current", "page");
    else link?.removeAttribute("aria-current");
    const heading = document.querySelector("#overview h2");
    if (shown) title = document.title;
    document.title = shown ? `${heading.textContent} – ${title}` : title;
    if (!shown) {
      // What is listed may be removed in the meantime: it is asked for again.
      const box = document.getElementById("overview");
      top = box.scrollTop;
      box.remove();
    }
    if (shown) heading.focus({ preventScroll: true });
    else if (opener?.checkVisibility({ visibilityProperty: true })) opener.focus();
    else document.querySelector(".shelve")?.focus();
  }

  // An article of the list opens beside the conversation; Back leads to the list again.
  function read(link) {
    const place = link.getAttribute("href").split("#at=")[1];
    show(false);
    window.onrecordRead(place);
  }

  document.addEventListener("click", (event) => {
    if (isOpen() && event.target.closest("#shelf [data-open]")) history.back();
    const link = event.target.closest(".banner a, #overview a");
    if (!link || !plain(event)) return;
    if (link.matches(".sources-link")) {
      event.preventDefault();
      open(link);
    } else if (isOpen() && link.matches("h1 a, .back")) {
      event.preventDefault();
      history.back();
    } else if (link.matches("#overview a.open")) {
      event.preventDefault();
      read(link);
    }
  });

  window.addEventListener("popstate", async ({ state }) => {
    if (!state?.overview) return show(false);
    if (!(await drawn())) return location.reload();
    if (!history.state?.overview) return document.getElementById("overview").remove(); // gone on
    show(true);
    document.getElementById("overview").scrollTop = top;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) history.back();
  });
})();
