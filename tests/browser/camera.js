// Stands in for the device's camera: films what the test's virtual person does, in real time.
// The page knows nothing of it: it asks for a camera, and reads answers of the server, as ever.
(() => {
  const INTERVAL_MS = 1000 / 15;
  const LAG_MS = 80;
  const BLACK = [0, 1, 2, 3].map(() => "rgb(0, 0, 0)").join();
  const canvas = document.createElement("canvas");
  const paint = canvas.getContext("2d", { alpha: false });
  let idle = [];
  let film = null;
  let at = 0;
  let rested = 0;

  const bytesOf = (text) => {
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let n = 0; n < letters.length; n += 1) bytes[n] = letters.charCodeAt(n);
    return bytes;
  };
  // A film arrives a few frames at a time: one message of twenty megabytes takes seconds.
  const develop = async (count) => {
    const frames = [];
    while (frames.length < count) {
      const more = await window.zeroRunFrames(frames.length);
      const images = more.map(({ jpeg }) => createImageBitmap(new Blob([bytesOf(jpeg)])));
      for (const [n, { t, picture }] of more.entries()) frames.push({ image: await images[n], t, picture });
    }
    return frames;
  };

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
  const screen = () => [ground(0.1, 0.1), ground(0.9, 0.1), ground(0.1, 0.9), ground(0.9, 0.9)].join();

  // Light takes its time from the screen's command to the frame, as with a real display and lens.
  let glances = [];
  const glance = () => {
    const now = performance.now();
    glances = [...glances.filter(({ at: seen }) => seen > now - 10 * LAG_MS), { at: now, what: screen() }];
    if (film?.pictures.length) requestAnimationFrame(glance);
  };
  const shown = () => glances.findLast(({ at: seen }) => seen <= performance.now() - LAG_MS)?.what ?? BLACK;

  // The next frame of a movement is the one of this moment; late ones are dropped, as a camera does.
  const ofMovement = (now) => {
    const passed = (now - film.began) / 1000;
    const due = film.frames.findLastIndex((frame) => frame.t <= passed);
    if (due < at) return null;
    at = due + 1;
    return film.frames[due];
  };
  // The next frame of a light step is the next one that is lit by the picture on the screen; before
  // the first, and where nothing is shown, the person rests.
  const look = (picture) => film.pictures[picture] ?? BLACK;
  const ofLight = () => {
    const seen = shown();
    const next = film.pictures.findIndex((picture, place) => place > film.picture && picture === seen);
    if (look(film.picture) !== seen && next >= 0) film.picture = next;
    if (film.picture < 0) return ofRest();
    const found = film.frames.findIndex((frame, place) => place >= at && frame.picture === film.picture);
    if (found < 0 && film.pictures[film.picture + 1] === seen) film.picture += 1;
    if (found < 0) return null;
    at = found + 1;
    return film.frames[found];
  };
  const ofRest = () => idle[Math.abs((rested++ % (2 * idle.length)) - idle.length + 0.5) | 0];
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
        // The hand is never still: no two pictures of a person at rest are the same file.
        const [x, y] = idle.includes(frame) ? [Math.random() - 0.5, Math.random() - 0.5] : [0, 0];
        paint.drawImage(frame.image, x, y);
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
      idle = await develop(told.count);
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
      const { count } = await window.zeroRunCamera(step);
      const pictures = (step.parameters.segments ?? []).map((segment) => corners(segment).join());
      const developed = await develop(count);
      at = 0;
      film = { frames: developed, pictures, picture: -1, began: performance.now() };
      if (pictures.length) glance();
    }
    return reply;
  };

  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
  });
})();
