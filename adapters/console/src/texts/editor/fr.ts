// Les textes de l’éditeur en français.
import type { EditorTexts } from "./en";

export const fr: EditorTexts = {
  title: (name) => `Modifier ${name}`, newTitle: "Nouvelle procédure", text: "Définition", code: "La définition, en YAML ou en JSON",
  status: {
    checking: "Vérification…", valid: "Aucune erreur", unreadable: "Pas encore lisible", unchecked: "Non vérifié",
   
    findings: (n) => (n === 1 ? "1 constat" : `${n} constats`), kept: "Gardé dans ce navigateur.", lost: "Non gardé : ce navigateur n’a plus de place.",
  },
  kept: (when, version) => `Voici votre brouillon du ${when}${version === 0 ? "" : `, commencé sur la version ${version}`}. Ce navigateur l’avait gardé.`,
  discard: "L’abandonner", asYAML: "Écrire en YAML", asJSON: "Écrire en JSON", add: "Ajouter", step: "Étape", field: "Champ", item: "Case à cocher",
  condition: "Condition", hint: "Ctrl+Espace propose ce qui peut figurer ici. Tab quitte l’éditeur.",
  new: { name: "Nouvelle procédure", step: "Nouvelle étape", field: "Nouveau champ", item: "Nouvelle case" },
  sameID: (id) => `L’identifiant d’une procédure ne change pas. Remettez ${id}, ou écrivez une nouvelle procédure.`,
  archived: "Cette procédure est archivée : elle n’accepte pas de nouvelle version tant qu’on ne l’a pas réactivée.",
  elsewhere: "Vous écrivez un autre brouillon de cette procédure dans un autre onglet. Un seul des deux peut être gardé.",
  takeElsewhere: "Prendre l’autre", keepHere: "Garder celui-ci",
  views: { findings: "Constats", ways: "Chemins", trial: "Essayer", rehearsal: "Rejouer" }, view: "À côté du texte",
  nothing: "Rien à corriger.", warning: "remarque", error: "erreur", earlier: "Ceci concerne le dernier texte valide.",
  first: "Corrigez d’abord ce que disent les constats.",
  unreadable: {
    indent: "Le retrait ne correspond pas aux lignes du dessus.", tab: "En YAML, le retrait se fait avec des espaces, pas des tabulations.",
    duplicate: "Ce nom est déjà utilisé au même endroit.", unclosed: "Quelque chose s’ouvre ici sans se refermer.",
    alias: "Les alias (*nom) ne sont pas pris en charge.", several: "Une seule définition est attendue, sans ---.",
    empty: "Une définition a au moins un nom et des étapes.", syntax: "Ce n’est ni du YAML ni du JSON.",
  },
  trial: {
    about: "Remplissez ce que vous voulez\u00a0: voici le chemin que suivrait une exécution.", clear: "Recommencer", skip: "Sauter cette étape", missing: "il manque\u00a0:",
    more: "Donnez d’autres réponses pour voir la suite.", end: "L’exécution est terminée.", stops: "L’exécution s’arrête ici.", because: "car", visit: (n) => `visite ${n}`, passed: "ne s’applique pas",
    holds: "est vraie", fails: "est fausse",
  },
  rehearsal: {
    about: "Les réponses des dernières exécutions terminées, rejouées avec ce brouillon. Rien n’est modifié.", start: "Rejouer les exécutions terminées",
    running: (done, all) => `${done} exécutions sur ${all}…`, none: "Aucune exécution de cette procédure n’est encore terminée.",
    summary: (same, other, stops) => `${same} comme avant, ${other} par un autre chemin, ${stops} à l’arrêt`,
    open: (n, more) => `${more ? "Plus de " : ""}${n} ${n < 2 ? "exécution ouverte garde sa" : "exécutions ouvertes gardent leur"} version.`,
    kinds: { same: "Comme avant", other: "Autre chemin", stops: "À l’arrêt" }, run: "Exécution", was: "Avant", now: "Avec le brouillon", missing: (step, fields) => `À l’étape ${step}, il manque\u00a0: ${fields}.`,
    hidden: (n) => (n < 2 ? "Une valeur ne figure pas dans le journal (sensible, retenue ou effacée)\u00a0: elle est laissée de côté." : `${n} valeurs ne figurent pas dans le journal (sensibles, retenues ou effacées)\u00a0: elles sont laissées de côté.`),
    outdated: "Le brouillon a changé depuis. Rejouez-les.", noReference: "sans référence",
  },
  publish: {
    open: "Publier…", title: "Publier cette version\u00a0?", go: "Publier", create: "Créer", changes: (n) => `Ce qui change par rapport à la version ${n}`, same: "Rien ne change\u00a0: la définition est la même.",
    newProcedure: "La procédure peut être démarrée aussitôt.", runs: "Les exécutions ouvertes gardent leur version.",
    stale: (n, who) => `${who} a publié entre-temps la version ${n}.`, theirs: (n) => `Ce que la version ${n} a changé`,
    yours: (n) => `Ce que votre brouillon change par rapport à la version ${n}`, over: (n) => `Publier par-dessus la version ${n}`, later: "Continuer à modifier",
    clash: "Les deux ont changé ceci ; le vôtre reste :", take: (n) => `Reprendre ce que la version ${n} a changé`, comments: "Les commentaires ne font pas partie d’une version : ils se perdent à la publication.",
  },
  phrases: { Completions: "Propositions", "Control character": "Caractère de contrôle" },
};
