/** A phone number in the form of `wa_id`. */
export const number = "5511987650042"
/** Unique texts that a test plants in place of persons, content and secrets. */
export const canaries = {
  "a text": "canary-text-8d21f6",
  "an answer": "canary-reply-30bb97",
  "a phone number": number,
  "a user id": "BR.40999000000000042077",
  "a name": "Canaria da Silva Zebedeu",
  "a user name": "canaria_zebedeu_77",
  "an idempotency key": "canary-key-order-5150",
  "an unknown access token": "canary-token-a00d1e",
  "the provider's own words": "canary-words-0fe1",
  "an unsigned body": "canary-unsigned-77ab",
  "a body that is no JSON": "canary-broken-41cc",
  "an address": "canary-path-9e0d",
  "a correlation id": "canaria@example.com",
  "a display number": "15559990042",
  "a password": "canary-store-pw-77c0",
  "the access token": "EAAG-canary-5b1f00d",
  "the app secret": "canary-app-secret-6c2e",
  "the verify token": "canary-verify-token-ff03",
  "an API key": "cmp_canary-api-key-8e8e",
  "the signing secret": Buffer.alloc(32, 0x5a).toString("base64")
} as const

/** The secrets of an installation by reference; each is a canary. */
export const secrets = {
  "meta/app-secret": canaries["the app secret"],
  "meta/verify-token": canaries["the verify token"],
  "whatsapp/support": canaries["the access token"],
  "api/crm": canaries["an API key"],
  "runtime/signing": `whsec_${canaries["the signing secret"]}`
}

/** Makes a message id in the provider's form, which holds the phone number in base64. */
export const wamid = (n: number) =>
  `wamid.${Buffer.from(`\u001d\u0009\u0018\u000d${number}\u0015\u0002${n}`).toString("base64")}`

const token = /[A-Za-z0-9+/_-]{8,}/g
const hex = /(?:[0-9a-f]{2}){6,}/gi
const punctuated = /\+?\d[\d\s().-]{4,40}\d/g

/** Returns every base64 reading of a text, at each possible offset. */
const decoded = (text: string): ReadonlyArray<string> =>
  (text.match(token) ?? []).flatMap((word) =>
    [0, 1, 2, 3].map((from) => Buffer.from(word.slice(from), "base64url").toString("latin1"))
  )

/** Returns the text decoded from hex, percent-encoding and escapes, and its numbers without punctuation. */
const rewritten = (text: string): ReadonlyArray<string> => [
  text,
  text.replaceAll("\\", ""),
  text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  ...(text.match(hex) ?? []).map((word) => Buffer.from(word, "hex").toString("latin1")),
  ...(text.match(punctuated) ?? []).map((one) => one.replaceAll(/\D/g, ""))
]

/** Removes the provider's own words, which the caller of the intent may see. */
export const withoutExplanation = (text: string): string => text.replaceAll(/"explanation":\{[^{}]*\}/g, "")

/** Returns the canaries that a text holds: plain, in base64, in hex, escaped, or as a number in any notation. */
export const leaksIn = (where: string, text: string): ReadonlyArray<string> => {
  const texts = [...rewritten(text), ...decoded(text)]
  return Object.entries({ ...canaries, "a message id": wamid(0).slice(6, 22) })
    .filter(([, canary]) => texts.some((one) => one.includes(canary)))
    .map(([what]) => `${what} in ${where}`)
}

/** The outputs of a run that may hold a leak, by name. */
export type Sinks = Readonly<Record<string, string>>

export const leaksFrom = (sinks: Sinks): ReadonlyArray<string> =>
  Object.entries(sinks).flatMap(([where, text]) => leaksIn(where, text))
