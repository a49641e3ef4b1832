// Stands in for the device's camera: films what the test's virtual person does, in real time.
// The page knows nothing of it: it asks for a camera, and reads answers of the server, as ever.
(() => {
  const INTERVAL_MS = 1000 / 15;
  const canvas = document.createElement("canvas");
  const paint = canvas.getContext("2d", { alpha: false });
  let idle = [];
  let film = null;
  let at = 0;

  const develop = async (pictures) =>
    Promise.all(
      pictures.map(async ({ jpeg, t, picture }) => {
        const bytes = Uint8Array.from(atob(jpeg), (letter) => letter.charCodeAt(0));
        return { image: await createImageBitmap(new Blob([bytes])), t, picture };
      }),
    );

  // What the screen really shows in a corner: the first ground there that is not transparent.
  const ground = (x, y) => {
    for (const element of document.elementsFromPoint(x * innerWidth, y * innerHeight)) {
      const told = getComputedStyle(element).backgroundColor;
      if (told !== "rgba(0, 0, 0, 0)") return told;
    }
    return "rgb(255, 255, 255)";
  };
  const rgb = (hex) => `rgb(${[1, 3, 5].map((from) => parseInt(hex.slice(from, from + 2), 16)).join(", ")})`;
  const corners = ({ pattern, first, second }) =>
    ({
      full: [first, first, first, first],
      left_right: [first, second, first, second],
      top_bottom: [first, first, second, second],
    })[pattern].map(rgb);
  const shown = () => [ground(0.1, 0.1), ground(0.9, 0.1), ground(0.1, 0.9), ground(0.9, 0.9)].join();

  // The next frame of a movement is the one of this moment; late ones are dropped, as a camera does.
  const ofMovement = (now) => {
    const passed = (now - film.began) / 1000;
    const due = film.frames.findLastIndex((frame) => frame.t <= passed);
    if (due < at) return null;
    at = due + 1;
    return film.frames[due];
  };
  // The next frame of a light step is the next one that is lit by the picture on the screen.
  const ofLight = () => {
    const seen = shown();
    const next = film.pictures.findIndex((picture, place) => place > film.picture && picture === seen);
    if (film.pictures[film.picture] !== seen && next >= 0) film.picture = next;
    const found = film.frames.findIndex((frame, place) => place >= at && frame.picture === film.picture);
    if (found < 0) return null;
    at = found + 1;
    return film.frames[found];
  };
  const ofRest = () => idle[Math.abs((at++ % (2 * idle.length)) - idle.length + 0.5) | 0];
  const choose = (now) => {
    if (film === null) return idle.length ? ofRest() : null;
    if (film.pictures.length) return ofLight();
    if (at < film.frames.length) return ofMovement(now);
    film = null;
    return null;
  };

  const rolling = (track) => {
    let due = performance.now();
    const roll = () => {
      if (track.readyState === "ended") return;
      const frame = choose(performance.now());
      if (frame) {
        paint.drawImage(frame.image, 0, 0);
        track.requestFrame();
      }
      due = Math.max(due + INTERVAL_MS, performance.now());
      setTimeout(roll, due - performance.now());
    };
    roll();
  };

  const { mediaDevices } = navigator;
  if (mediaDevices) {
    mediaDevices.getUserMedia = async () => {
      const told = await window.zeroRunCamera(null);
      if (told.refusal) throw new DOMException("", told.refusal);
      idle = await develop(told.frames);
      ({ width: canvas.width, height: canvas.height } = idle[0].image);
      film = null;
      const stream = canvas.captureStream(0);
      rolling(stream.getVideoTracks()[0]);
      return stream;
    };
  }

  const reallyFetch = window.fetch;
  window.fetch = async (...call) => {
    const reply = await reallyFetch(...call);
    const { pathname } = new URL(call[0].url ?? call[0], location.href);
    if (!reply.ok || !/^\/v1\/verifications(\/|$)/u.test(pathname)) return reply;
    const { step } = await reply.clone().json().catch(() => ({}));
    if (step) {
      const { frames } = await window.zeroRunCamera(step);
      const pictures = (step.parameters.segments ?? []).map((segment) => corners(segment).join());
      const developed = await develop(frames);
      at = 0;
      film = { frames: developed, pictures, picture: -1, began: performance.now() };
    }
    return reply;
  };

  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
  });
})();
