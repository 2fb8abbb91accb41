// The window in which a visitor of a frame has signed in tells the frame its session, and closes.
(() => {
  "use strict";
  const { session } = document.getElementById("session").dataset;
  window.opener?.postMessage({ onrecordSession: session }, location.origin);
  window.close();
})();
