// Puts the parts together.

import { connect } from "./connection.js";
import { watchConversation } from "./conversation.js";
import { byId } from "./dom.js";
import { watchInspector } from "./inspector.js";
import { watchModals } from "./modal.js";
import { watchPlaces } from "./places.js";
import { watchQATech } from "./qatech.js";
import { on, state } from "./state.js";
import { watchTheme } from "./theme.js";
import { watchTroubles } from "./troubles.js";

watchTheme();
watchPlaces();
watchQATech();
watchInspector();
watchConversation();
watchModals();
watchTroubles();

on("status everything", () => {
  const problems = Object.entries(state.status.problems);
  sayHealth(
    problems.length ? `Bot not ready: ${problems.map(([part, why]) => `${part}: ${why}`).join("; ")}` : "Bot is ready",
    problems.length ? "bad" : "good",
  );
});
on("lost", () => sayHealth("The demo has ended. Start it again with make demo.", "bad"));

function sayHealth(text, how) {
  const health = byId("health");
  if (health.textContent !== text) health.textContent = text;
  health.dataset.how = how;
}

connect();
