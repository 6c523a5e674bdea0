// What the page knows. The server says what happened; whoever shows it listens here.

export const state = {
  me: null,
  bot: null,
  domain: "",
  users: [],
  channels: [],
  messages: new Map(), // channel → (ts → message)
  modals: [],
  home: null,
  commands: [],
  troubles: [],
  entries: new Map(), // number → entry
  status: { problems: {}, sockets: 0, speed: 1, on: [], runs: [] },
  channel: null, // the one that is shown
  thread: null, // ts of the thread that is open
  tab: "messages", // of the direct messages: "home" or "messages"
  unread: new Map(),
};

const listeners = new Map();

export function on(names, listener) {
  for (const name of names.split(" ")) {
    if (!listeners.has(name)) listeners.set(name, []);
    listeners.get(name).push(listener);
  }
}

export function emit(name, detail) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}

export function channelById(id) {
  return state.channels.find((channel) => channel.id === id);
}

export function isImHome() {
  return channelById(state.channel)?.im === true && state.tab === "home";
}

export function messagesOf(channel) {
  const all = [...(state.messages.get(channel)?.values() ?? [])];
  return all.sort((one, other) => (one.ts < other.ts ? -1 : 1));
}

export function isReply(message) {
  return message.thread_ts !== null && message.thread_ts !== message.ts;
}

export function repliesTo(message) {
  return messagesOf(message.channel).filter((each) => isReply(each) && each.thread_ts === message.ts);
}

export function show(channel, { thread = null, tab } = {}) {
  state.channel = channel;
  state.thread = thread;
  state.tab = tab ?? (channelById(channel)?.im ? "home" : "messages");
  state.unread.delete(channel);
  emit("place");
}

export function openThread(ts) {
  state.thread = ts;
  emit("thread");
}

const takers = {
  everything(said) {
    const { kind, messages, entries, channels, start, ...rest } = said;
    Object.assign(state, rest, { channels, messages: new Map(), entries: new Map() });
    for (const message of messages) keep(message);
    for (const entry of entries) state.entries.set(entry.number, entry);
    if (!channelById(state.channel)) state.channel = start;
    emit("everything");
  },
  message({ message }) {
    const before = keep(message);
    const isHere = message.channel === state.channel && !isImHome();
    if (!before && !isHere && message.author.id !== state.me.id) {
      state.unread.set(message.channel, (state.unread.get(message.channel) ?? 0) + 1);
    }
    emit("message", { message, before });
  },
  gone({ channel, ts }) {
    state.messages.get(channel)?.delete(ts);
    emit("gone", { channel, ts });
  },
  channels({ channels }) {
    state.channels = channels;
    emit("channels");
  },
  views({ modals, home }) {
    Object.assign(state, { modals, home });
    emit("views");
  },
  entry({ entry }) {
    state.entries.set(entry.number, entry);
    if (state.entries.size > 400) state.entries.delete(state.entries.keys().next().value);
    emit("entry", entry);
  },
  status({ status }) {
    state.status = status;
    emit("status");
  },
};

export function take(said) {
  takers[said.kind]?.(said);
}

function keep(message) {
  if (!state.messages.has(message.channel)) state.messages.set(message.channel, new Map());
  const channel = state.messages.get(message.channel);
  const before = channel.get(message.ts);
  channel.set(message.ts, message);
  return before;
}
