// Who uses the console, and what they have set in this browser.
import type { Client } from "@procedo/client";

import { connect, type Me } from "./api/client";
import type { Texts } from "./texts/en";

export type Language = "en" | "fr";
export type Theme = "auto" | "light" | "dark";

// The texts of each language are a file of their own: a browser loads one of them.
const files: Record<Language, () => Promise<Texts>> = {
  en: async () => (await import("./texts/en")).en,
  fr: async () => (await import("./texts/fr")).fr,
};

function stored(key: string): string {
  try {
    return localStorage.getItem(`procedo.${key}`) ?? "";
  } catch { // storage can be switched off
    return "";
  }
}

/** Keeps a setting. It reports whether the browser does: else it holds until the page is left. */
function store(key: string, value: string): boolean {
  try {
    localStorage.setItem(`procedo.${key}`, value);
    return true;
  } catch {
    return false;
  }
}

function preferred(): Language {
  const set = stored("language");
  if (set === "en" || set === "fr") {
    return set;
  }
  const first = navigator.languages.find((tag) => /^(en|fr)\b/i.test(tag)) ?? "en";
  return first.toLowerCase().startsWith("fr") ? "fr" : "en";
}

class Session {
  language: Language = $state(preferred());
  private words: Texts | null = $state.raw(null);
  theme: Theme = $state((["light", "dark"] as Theme[]).find((theme) => theme === stored("theme")) ?? "auto");
  actor: string = $state(stored("actor"));
  me: Me | null = $state.raw(null);
  /** Whether the service asks who the person is, and nobody is signed in. */
  signedOut = $state(false);
  /** Whether the service authenticates its callers. Then it refuses other names. */
  authenticates = $state(false);
  /** Whether the server offers the API reference. */
  reference = $state(false);
  /** What is read out to users of screen readers. */
  announcement = $state("");

  private readonly connection = $derived(connect(this.language, this.actor, (status) => this.answered(status)));

  get client(): Client {
    return this.connection;
  }

  /** The texts in the person's language, which load has read. */
  get texts(): Texts {
    return this.words as Texts;
  }

  /** Reads the texts of a language, and changes to it. */
  async load(language = this.language): Promise<void> {
    this.words = await files[language]();
    this.language = language;
  }

  /** Reports whether the person has a permission. It is a hint for what to show: the service decides. */
  may(permission: string): boolean {
    return this.me === null || this.me.permissions.includes(permission);
  }

  private answered(status: number): void {
    if (status === 401 || status < 300) {
      this.signedOut = status === 401;
    }
  }

  /** Asks who the person is, and what the server offers besides. */
  async identify(): Promise<void> {
    try {
      const [me, home] = await Promise.all([this.client.GET("/me", {}), this.client.GET("/", {})]);
      this.me = me.data ?? this.me; // when a session ends, the page stays as it is
      const { status } = me.response;
      this.authenticates ||= status === 401 || status === 400 || (this.me !== null && this.me.via !== "none");
      if (this.authenticates && this.actor !== "") {
        this.set({ actor: "" }); // a name from before, which the service would refuse
      }
      this.reference = home.data !== undefined && "docs" in home.data.links;
    } catch {
      // the page itself says that the service does not answer
    }
  }

  async speak(language: Language): Promise<void> {
    await this.load(language);
    store("language", language);
  }

  /** Changes settings. It reports whether this browser keeps them. */
  set(settings: { theme?: Theme; actor?: string }): boolean {
    Object.assign(this, settings);
    return Object.entries(settings).every(([key, value]) => store(key, value));
  }
}

export const session = new Session();

/** Returns the texts of the console in the person's language. */
export const t = (): Texts => session.texts;
