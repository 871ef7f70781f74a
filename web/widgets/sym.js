// The widgets of Symphainy. One file is served: these modules, one behind the other.

import { SymChat } from "./chat.js";
import { SymForm } from "./form.js";
import { SymPreferences } from "./preferences.js";
import { SymStatus } from "./status.js";

const ELEMENTS = {
  "sym-chat": SymChat,
  "sym-form": SymForm,
  "sym-preferences": SymPreferences,
  "sym-status": SymStatus,
};

for (const [name, element] of Object.entries(ELEMENTS)) {
  // A page may hold the script twice, pinned and evergreen.
  if (!customElements.get(name)) customElements.define(name, element);
}
