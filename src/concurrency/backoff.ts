/** An exponential backoff: the delay doubles with each retry, from `baseMs` up to `maxMs`. */
export interface Backoff {
  readonly baseMs: number
  readonly maxMs: number
}

/**
 * Returns the delay in milliseconds, not rounded, before a retry; the first retry is number 0. `random`, a number from 0 to 1,
 * chooses a delay between half of it and all of it. `Schedule.exponential` does the same for an effect that is retried in
 * place; this one is for a delay that is stored, or given to a client library.
 */
export const backoffDelay = ({ baseMs, maxMs }: Backoff, retry: number, random = 1): number =>
  Math.min(maxMs, baseMs * 2 ** retry) * (0.5 + random / 2)
