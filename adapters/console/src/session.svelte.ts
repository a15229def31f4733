// Who uses the console, and what they have set in this browser.
import type { Client } from "@procedo/client";

import { connect, isProblem, type Me, type Problem, replaced, serviceRoot } from "./api/client";
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

/** Returns what a service has against the name in a request: it takes none, or not this one. */
function refusedName(error: unknown): "wrong" | "unexpected" | undefined {
  const issue = isProblem(error) ? error.issues?.find(({ field }) => field === "header.X-Actor") : undefined;
  return issue && (issue.code === "request.unexpected_header" ? "unexpected" : "wrong");
}

/** Reports whether a service takes a name: one line of at most 255 bytes. */
export const isName = (text: string): boolean =>
  new TextEncoder().encode(text).length <= 255 && !/[\p{Cc}\u2028\u2029]/u.test(text) && (text === "" || /[\p{L}\p{N}\p{P}\p{S}]/u.test(text));

class Session {
  language: Language = $state(preferred());
  private words: Texts | null = $state.raw(null);
  theme: Theme = $state((["light", "dark"] as Theme[]).find((theme) => theme === stored("theme")) ?? "auto");
  actor: string = $state(stored("actor"));
  me: Me | null = $state.raw(null);
  /** Who is signed in now instead of the person whom the page shows. While somebody is, the page sends nothing. */
  other: string | null = $state(null);
  /** Whether the service asks who the person is, and nobody is signed in. */
  signedOut = $state(false);
  /** Whether the service authenticates its callers. Then it refuses other names. */
  authenticates = $state(false);
  /** Whether the server offers the API reference. */
  reference = $state(false);
  /** What is read out to users of screen readers. */
  announcement = $state("");

  private meUnder: string | undefined; // the name in the settings under which the service was asked
  private asking: Promise<void> | undefined;
  private channel: BroadcastChannel | undefined;
  private last: string | undefined; // the actor of the last answer, empty if nobody was signed in

  private readonly connection = $derived(connect(this.language, this.actor, {
    expected: (needed) => this.expected(needed),
    refusal: () => this.refusal(),
    answered: (status, other) => this.answered(status, other),
  }));

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

  private async expected(needed: boolean): Promise<string | undefined> {
    if (needed && (this.me === null || this.meUnder !== this.actor)) {
      await this.identify();
      if (this.me === null) {
        throw new Error("the service does not say who the person is");
      }
    }
    return this.meUnder === this.actor ? this.me?.actor : undefined;
  }

  private refusal(): Problem | undefined {
    return this.other === null ? undefined : replaced(this.texts.signIn.title, this.texts.signIn.other(this.name, this.other));
  }

  private answered(status: number, other: string | undefined): void {
    const isBack = this.signedOut && status < 300;
    if (status === 401 || isBack) {
      this.signedOut = status === 401;
    }
    this.other = other ?? this.other;
    if (isBack || other !== undefined) {
      void this.identify();
    }
  }

  /** The name of the person whom the page shows. */
  get name(): string {
    return this.me?.name ?? this.me?.actor ?? "";
  }

  /** Asks who the person is, and what the server offers besides. */
  async identify(): Promise<void> {
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    await this.asking;
  }

  private async ask(): Promise<void> {
    let under: string;
    do {
      under = this.actor;
      try {
        const [me, home] = await Promise.all([this.client.GET("/me", {}), this.client.GET("/", {})]);
        this.identified(under, me.response.status, me.data, refusedName(me.error));
        this.reference = home.data !== undefined && "docs" in home.data.links;
      } catch {
        // the page itself says that the service does not answer
      }
    } while (under !== this.actor); // the person has entered another name meanwhile
  }

  private identified(under: string, status: number, now: Me | undefined, name: "wrong" | "unexpected" | undefined): void {
    if (status === 401 || status < 300) {
      this.signedOut = status === 401;
    }
    this.authenticates ||= status === 401 || name === "unexpected" || (now !== undefined && now.via !== "none");
    const before = this.meUnder === under ? this.me?.actor : undefined;
    if (now !== undefined && (before === undefined || before === now.actor)) {
      this.me = now;
      this.meUnder = under;
      this.other = null;
    } else if (now !== undefined) { // what is typed here must not be stored as theirs
      this.other = now.name ?? now.actor;
    } else if (status === 401) { // when a session ends, the page stays as it is
      this.other = null;
    }
    if ((this.authenticates || name === "wrong") && this.actor !== "") {
      this.set({ actor: "" }); // a name from before, which the service would refuse
    }
    this.tell(now?.actor ?? (status === 401 ? "" : this.last));
  }

  /** Tells the other tabs when it is another person, so that they ask as well. */
  private tell(actor: string | undefined): void {
    if (actor !== this.last) {
      this.last = actor;
      this.channel?.postMessage(actor);
    }
  }

  /** Notices when somebody signs in or out in another tab. It returns a function that ends this. */
  watch(): () => void {
    const again = () => document.visibilityState === "visible" && void this.identify();
    const channel = new BroadcastChannel(`procedo ${serviceRoot.pathname}`);
    channel.onmessage = ({ data }) => data !== this.last && void this.identify();
    this.channel = channel;
    addEventListener("focus", again);
    document.addEventListener("visibilitychange", again);
    return () => {
      channel.close();
      removeEventListener("focus", again);
      document.removeEventListener("visibilitychange", again);
    };
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
