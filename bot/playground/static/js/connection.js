// The way to the server: changes come by a websocket, what the person does goes by POST.

import { toast } from "./dom.js";
import { emit, take } from "./state.js";

const AGAIN_MS = 1000;

export function connect() {
  const socket = new WebSocket(`ws://${location.host}/changes`);
  socket.addEventListener("message", (event) => take(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    emit("lost");
    setTimeout(connect, AGAIN_MS);
  });
}

// What the server answered, or null where it refused: the person has then been told why.
export async function act(what, body = {}) {
  let answer;
  try {
    answer = await fetch(`/do/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    toast("The demo is not running any more.");
    return null;
  }
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  toast(typeof said.detail === "string" ? said.detail : "That did not work.");
  return null;
}

export async function detailOf(number) {
  const answer = await fetch(`/entries/${number}`);
  return answer.json();
}
