// @ts-check
/** Every text of the page, in English. Names are `topic.what`; `{names}` stand for values. */
export default {
  // head
  "nav.kept": "Your logos",

  // brief
  "brief.prompt": "What is the logo for?",
  "brief.draw": "Draw",

  // board
  "board.logo": "Logo {number}",

  // one logo
  "logo.large": "The logo, large",
  "logo.panels": "What to do with it",
  "logo.change": "Change",
  "logo.scenes": "See it used",
  "logo.take": "Take",

  // change (design/)

  // see it used (scenes/)

  // take (take/)

  // admin (admin/)
  "admin.title": "This server",
  "admin.pause": "Pause",
  "admin.ready": "Ready",
  "admin.unready": "Not ready",
  "admin.full": "Nothing can be written",
  "admin.unknown": "not known",
  "admin.course": "now {now}, at most {top} in the last five minutes",
  "admin.top": "Five minutes, top {top}",
  "admin.waiting": "Waiting",
  "admin.running": "Being drawn",
  "admin.per_minute": "Logos a minute",
  "admin.seconds": "Time for a logo",
  "admin.requests_per_minute": "Requests a minute",
  "admin.errors_per_minute": "Errors a minute",
  "admin.gpu": "GPU busy",
  "admin.gpu.memory": "GPU memory",
  "admin.cpus": "Processor cores busy",
  "admin.memory": "Memory",
  "admin.keys": "Keys and quotas",
  "admin.keys.none": "No keys: nobody is asked for one.",
  "admin.key": "Key",
  "admin.scopes": "Scopes",
  "admin.today": "Logos today",
  "admin.rate": "Requests a minute",
  "admin.last_used": "Last used",
  "admin.no_limit": "no limit",
  "admin.of": "{part} of {all}",
  "admin.errors": "Errors since the start",
  "admin.errors.none": "None.",
  "admin.kind": "Kind",
  "admin.count": "Count",
  "admin.engines": "Engines",
  "admin.engines.none": "No model is loaded that draws in steps.",
  "admin.model": "Model",
  "admin.steps": "Steps",
  "admin.batch": "Pictures a step",
  "admin.busy": "Busy",
  "admin.memory.out": "Out of memory",
  "admin.disks": "Disks",
  "admin.disks.none": "Not known.",
  "admin.disk": "Holds",
  "admin.free": "Free",
};
