// @ts-check
export default /** @type {Partial<Record<import("../texts.js").TextKey, string>>} */ ({
  // change (design/)

  // see it used (scenes/)

  // take (take/)

  // admin (admin/)
  "admin.title": "Dieser Server",
  "admin.pause": "Anhalten",
  "admin.ready": "Bereit",
  "admin.unready": "Nicht bereit",
  "admin.full": "Es kann nichts geschrieben werden",
  "admin.unknown": "unbekannt",
  "admin.course": "jetzt {now}, höchstens {top} in den letzten fünf Minuten",
  "admin.top": "Fünf Minuten, oben {top}",
  "admin.waiting": "In der Schlange",
  "admin.running": "In Arbeit",
  "admin.per_minute": "Logos je Minute",
  "admin.seconds": "Zeit für ein Logo",
  "admin.requests_per_minute": "Anfragen je Minute",
  "admin.errors_per_minute": "Fehler je Minute",
  "admin.gpu": "GPU ausgelastet",
  "admin.gpu.memory": "GPU-Speicher",
  "admin.cpus": "Ausgelastete Kerne",
  "admin.memory": "Arbeitsspeicher",
  "admin.keys": "Schlüssel und Kontingente",
  "admin.keys.none": "Keine Schlüssel: Niemand wird nach einem gefragt.",
  "admin.key": "Schlüssel",
  "admin.scopes": "Rechte",
  "admin.today": "Logos heute",
  "admin.rate": "Anfragen je Minute",
  "admin.last_used": "Zuletzt benutzt",
  "admin.no_limit": "unbegrenzt",
  "admin.of": "{part} von {all}",
  "admin.errors": "Fehler seit dem Start",
  "admin.errors.none": "Keine.",
  "admin.kind": "Art",
  "admin.count": "Anzahl",
  "admin.engines": "Engines",
  "admin.engines.none": "Kein Modell ist geladen, das in Schritten malt.",
  "admin.model": "Modell",
  "admin.steps": "Schritte",
  "admin.batch": "Bilder je Schritt",
  "admin.busy": "Beschäftigt",
  "admin.memory.out": "Speicher voll",
  "admin.disks": "Speicherplatz",
  "admin.disks.none": "Unbekannt.",
  "admin.disk": "Enthält",
  "admin.free": "Frei",
});
