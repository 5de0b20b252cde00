// @effect-diagnostics globalDate:off
import { Webhook } from "standardwebhooks"
import { isEvent, type RuntimeEvent } from "./event.ts"

/** The three headers of a delivery, under their names in lower case. */
export interface SignedHeaders {
  readonly "webhook-id": string
  readonly "webhook-timestamp": string
  readonly "webhook-signature": string
}

export interface VerifyOptions {
  /** All secrets that are valid now, as `whsec_…`. Several allow a rotation. */
  readonly secrets: ReadonlyArray<string>
  /** Most seconds between a delivery's time and now; 300 by default. */
  readonly tolerance?: number
  /** Returns milliseconds since the epoch; the machine's clock by default. */
  readonly now?: () => number
}

/** Compares in a time that does not depend on where the texts differ. */
const sameText = (a: string, b: string): boolean => {
  let different = a.length ^ b.length
  for (let at = 0; at < a.length; at++) different |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return different === 0
}

const parsed = (body: string): RuntimeEvent | undefined => {
  try {
    const event: unknown = JSON.parse(body)
    return isEvent(event) ? event : undefined
  } catch {
    return undefined
  }
}

/**
 * Returns a function that returns the event of a delivery whose signature over the raw body and whose time are valid.
 * It returns `undefined` for any other. Throws at once, not at the first delivery, when a secret is malformed.
 */
export const verifier = ({ secrets, tolerance = 300, now = Date.now }: VerifyOptions) => {
  const webhooks = secrets.map((secret) => new Webhook(secret))
  return (headers: SignedHeaders, body: string): RuntimeEvent | undefined => {
    const at = headers["webhook-timestamp"]
    if (!/^\d{1,12}$/.test(at) || Math.abs(now() / 1_000 - Number(at)) > tolerance) return undefined
    const given = headers["webhook-signature"].split(" ")
    const date = new Date(Number(at) * 1_000)
    const right = webhooks.map((webhook) => webhook.sign(headers["webhook-id"], date, body))
    return right.some((one) => given.some((signature) => sameText(one, signature))) ? parsed(body) : undefined
  }
}
