// @ts-check
export default /** @type {Partial<Record<import("../texts.js").TextKey, string>>} */ ({
  // change (design/)

  // see it used (scenes/)

  // take (take/)

  // admin (admin/)
  "admin.title": "Ce serveur",
  "admin.pause": "Suspendre",
  "admin.ready": "Prêt",
  "admin.unready": "Pas prêt",
  "admin.full": "Rien ne peut être écrit",
  "admin.unknown": "inconnu",
  "admin.course": "maintenant {now}, au plus {top} ces cinq dernières minutes",
  "admin.top": "Cinq minutes, en haut {top}",
  "admin.waiting": "En attente",
  "admin.running": "En cours",
  "admin.per_minute": "Logos par minute",
  "admin.seconds": "Temps par logo",
  "admin.requests_per_minute": "Requêtes par minute",
  "admin.errors_per_minute": "Erreurs par minute",
  "admin.gpu": "GPU occupé",
  "admin.gpu.memory": "Mémoire du GPU",
  "admin.cpus": "Cœurs occupés",
  "admin.memory": "Mémoire",
  "admin.keys": "Clés et quotas",
  "admin.keys.none": "Aucune clé : personne n’en a besoin.",
  "admin.key": "Clé",
  "admin.scopes": "Droits",
  "admin.today": "Logos aujourd’hui",
  "admin.rate": "Requêtes par minute",
  "admin.last_used": "Dernière utilisation",
  "admin.no_limit": "sans limite",
  "admin.of": "{part} sur {all}",
  "admin.errors": "Erreurs depuis le démarrage",
  "admin.errors.none": "Aucune.",
  "admin.kind": "Genre",
  "admin.count": "Nombre",
  "admin.engines": "Moteurs",
  "admin.engines.none": "Aucun modèle qui peint par étapes n’est chargé.",
  "admin.model": "Modèle",
  "admin.steps": "Étapes",
  "admin.batch": "Images par étape",
  "admin.busy": "Occupé",
  "admin.memory.out": "Mémoire pleine",
  "admin.disks": "Disques",
  "admin.disks.none": "Inconnus.",
  "admin.disk": "Contient",
  "admin.free": "Libre",
});
