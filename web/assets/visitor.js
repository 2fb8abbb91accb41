// Who visits, as far as the browser has to tell: every request of this page carries a secret that
// only this page knows, and in a frame, where there is no cookie of ours, the session that the
// embedding page handed over or that a window for signing in has brought.
(() => {
  "use strict";
  const folder = new URL(".", document.baseURI);
  const send = window.fetch.bind(window);
  const framed = window.self !== window.top;
  const signsIn = document.querySelector("meta[name=onrecord-sign-in]")?.content ?? "";
  const query = new URLSearchParams(location.search);
  const STORED = "onrecord:session";
  const HANDED = "onrecord:handed"; // the token, used up, for which the session was got
  const HANDED_WITHIN = 5000;
  const secret = [...crypto.getRandomValues(new Uint32Array(6))].map((n) => n.toString(36)).join("");

  // Where third-party storage is blocked, a session lasts as long as the page.
  const stored = (name) => {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null;
    }
  };

  function keep(value, token) {
    session = value || null;
    try {
      for (const [name, kept] of Object.entries({ [STORED]: value, [HANDED]: token })) {
        if (kept) sessionStorage.setItem(name, kept);
        else sessionStorage.removeItem(name);
      }
    } catch {
      // as if there were none
    }
  }

  let session = signsIn && framed ? stored(STORED) : null;

  function ours(input, init = {}) {
    const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : {}));
    headers.set("X-OnRecord-Tab", secret);
    if (session) headers.set("X-OnRecord-Session", session);
    return send(input, { ...init, headers });
  }

  const isOurs = (url) => url.origin === folder.origin && url.pathname.startsWith(folder.pathname);

  // Requests wait until it is known who visits; one that is refused is sent once more after that.
  window.fetch = async (input, init) => {
    if (!isOurs(new URL(input instanceof Request ? input.url : input, location.href))) {
      return send(input, init);
    }
    await known;
    const sentBy = session;
    const reply = await ours(input, init);
    if (reply.status !== 401 || !signsIn) return settled(reply);
    if (sentBy === session) signInOnce(); // else that is done already
    await known;
    return settled(await ours(input, init));
  };

  // The server ends the stream of answers when nothing is asked any more. A question that is asked
  // at that moment would be answered on a stream that Gradio takes for open and that is not, so
  // Gradio learns that it was taken only once the stream has spoken of it, or has ended.
  const SPOKEN_OF_WITHIN = 1000;
  const EVENT = /"event_id": ?"(\w+)"/g;
  let stream = null;

  function settled(reply) {
    const path = new URL(reply.url).pathname;
    if (!reply.ok) return reply;
    if (path.endsWith("/gradio_api/queue/data")) return followed(reply);
    return path.endsWith("/gradio_api/queue/join") ? spokenOf(reply) : reply;
  }

  function followed(reply) {
    const [theirs, mine] = reply.body.tee();
    stream = { seen: new Set(), ended: false, wake: [] };
    follow(mine.pipeThrough(new TextDecoderStream()).getReader(), stream);
    return new Response(theirs, { status: reply.status, headers: reply.headers });
  }

  async function follow(reader, one) {
    let rest = "";
    const woken = () => one.wake.splice(0).forEach((wake) => wake());
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        rest += part.value;
        for (const [, id] of rest.matchAll(EVENT)) one.seen.add(id);
        one.ended ||= rest.includes('"close_stream"');
        rest = rest.slice(rest.lastIndexOf("\n") + 1);
        woken();
      }
    } catch {
      // cut, as when the page is left
    }
    one.ended = true;
    woken();
  }

  async function spokenOf(reply) {
    const one = stream;
    const { event_id: id } = await reply.clone().json();
    const late = Date.now() + SPOKEN_OF_WITHIN;
    while (one && !one.ended && !one.seen.has(id) && Date.now() < late) {
      await new Promise((wake) => {
        one.wake.push(wake);
        window.setTimeout(wake, late - Date.now());
      });
    }
    if (one?.ended) await new Promise((done) => window.setTimeout(done, 20)); // Gradio reads it too
    return reply;
  }

  // Several requests may be refused at a time.
  let signing = false;
  function signInOnce() {
    if (signing) return;
    signing = true;
    known = signIn().finally(() => (signing = false));
  }

  const whoVisits = () => ours(new URL(`visitor?lang=${query.get("lang") ?? ""}`, folder));

  async function signIn() {
    keep("");
    if (framed && query.has("handed") && (await exchanged(await handedOver()))) return;
    await told();
  }

  async function told() {
    const reply = await whoVisits();
    if (reply.ok) return;
    const said = await reply.json();
    await shown(said.error.message, said.button);
  }

  // The embedding page is asked for a token; null where it does not answer.
  function handedOver() {
    return new Promise((resolve) => {
      const listen = ({ source, origin, data }) => {
        if (source !== window.parent || typeof data?.onrecordToken !== "string") return;
        window.removeEventListener("message", listen);
        resolve({ token: data.onrecordToken, origin });
      };
      window.addEventListener("message", listen);
      window.setTimeout(resolve, HANDED_WITHIN, null);
      window.parent.postMessage("onrecord:token", "*"); // says nothing else
    });
  }

  async function exchanged(handed) {
    if (!handed) return false;
    const reply = await send(new URL("handed", folder), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(handed),
    });
    if (!reply.ok) return false;
    keep((await reply.json()).session, handed.token);
    return true;
  }

  // What has to be done to go on; resolved once it is done.
  function shown(message, label) {
    return new Promise((resolve) => {
      const box = document.createElement("dialog");
      const said = document.createElement("p");
      const button = document.createElement("button");
      box.className = "sign-in";
      box.setAttribute("aria-label", "OnRecord");
      said.textContent = message;
      button.textContent = label;
      button.type = "button";
      button.className = "primary";
      box.append(said, button);
      box.addEventListener("cancel", (event) => event.preventDefault());
      const go = async () => {
        if (signsIn === "oidc" && framed) {
          keep(await fromWindow());
        } else if (!framed) {
          location.reload();
          return;
        }
        if (!(await whoVisits()).ok) return;
        box.remove();
        resolve();
      };
      button.addEventListener("click", go);
      document.body.append(box);
      box.showModal();
    });
  }

  // A frame may be refused by the provider's pages: these get a window of their own.
  function fromWindow() {
    const opened = window.open(new URL("sign-in?frame=1", folder), "onrecord-sign-in", "popup,width=520,height=680");
    return new Promise((resolve) => {
      const end = (value) => {
        window.removeEventListener("message", listen);
        window.clearInterval(watching);
        resolve(value);
      };
      const listen = ({ source, origin, data }) => {
        const own = source === opened && origin === folder.origin;
        if (own && typeof data?.onrecordSession === "string") end(data.onrecordSession);
      };
      const watching = window.setInterval(() => opened?.closed && end(""), 500);
      window.addEventListener("message", listen);
    });
  }

  // The session that this tab has kept may be that of somebody who was at the embedding page before:
  // it counts where the page hands over the token again for which it was got.
  const ready = async () => {
    if (query.has("handed")) {
      const handed = await handedOver();
      if (!handed?.token || handed.token !== stored(HANDED)) {
        keep("");
        if (!(await exchanged(handed))) await told();
        return;
      }
    }
    if (session && (await whoVisits()).ok) return;
    await signIn();
  };
  let known = signsIn && framed ? documentReady().then(ready) : Promise.resolve();

  function documentReady() {
    if (document.body) return Promise.resolve();
    return new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
  }
})();
