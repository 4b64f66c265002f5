// Timers of any length. Node.js fires a timer at once if its delay has more than 31 bits, which is 24 days in milliseconds.
const LONGEST = 2 ** 31 - 1;

/** Calls `fire` after `seconds`, and returns a function that cancels it. */
export function after(seconds, fire) {
  const end = Date.now() + seconds * 1000;
  let timer;
  const arm = () => {
    const left = end - Date.now();
    timer = left > LONGEST ? setTimeout(arm, LONGEST) : setTimeout(fire, Math.max(0, left));
  };
  arm();
  return () => clearTimeout(timer);
}
