import type { Answer, RuntimeEvent } from "./event.ts"
import { type SignedHeaders, verifier, type VerifyOptions } from "./verify.ts"

/**
 * Marks of handled events and their answers. Keep them with your own data. A mark under a unique key, written in the
 * transaction that handles the event, makes handling and marking atomic.
 */
export interface Marks {
  /** Returns the answer stored under this id. Returns `undefined` when there is none. */
  readonly find: (id: string) => Promise<string | undefined>
  /** Stores an answer unless one is stored already. Returns the stored answer. */
  readonly keep: (id: string, answer: string) => Promise<string>
}

/** Returns marks that are lost with the process, for tests and trials. Deletes the oldest beyond `most`. */
export const memoryMarks = (most = 100_000): Marks => {
  const kept = new Map<string, string>()
  return {
    find: (id) => Promise.resolve(kept.get(id)),
    keep: (id, answer) => {
      const known = kept.get(id)
      if (known !== undefined) return Promise.resolve(known)
      kept.set(id, answer)
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break
        kept.delete(oldest)
      }
      return Promise.resolve(answer)
    }
  }
}

export interface ReceiverOptions extends VerifyOptions {
  readonly marks: Marks
  /**
   * Handles one event and returns the intents to send, if any. When it rejects, the event is not marked, the reply is
   * 503, and the gateway delivers the event again. Runs once for each event, unless the process ends before the answer
   * is stored.
   */
  readonly handle: (event: RuntimeEvent) => Promise<Answer | void> | Answer | void
  /** Called with the error of `handle` or of the marks. */
  readonly failed?: (error: unknown, event: RuntimeEvent) => void
}

/** Reply over HTTP. */
export interface Reply {
  readonly status: 200 | 401 | 503
  readonly body: string
}

/** Handles a delivery: verifies it, recognises a duplicate, and returns the same reply as the first time (G32). */
export type Receive = (headers: Partial<SignedHeaders>, body: string) => Promise<Reply>

const unsigned: Reply = { status: 401, body: "" }
const failedOnce: Reply = { status: 503, body: "" }

export const receiver = ({ marks, handle, failed, ...options }: ReceiverOptions): Receive => {
  const verify = verifier(options)
  const underWay = new Map<string, Promise<Reply>>()

  const once = async (id: string, event: RuntimeEvent): Promise<Reply> => {
    try {
      const known = await marks.find(id)
      if (known !== undefined) return { status: 200, body: known }
      const answer = (await handle(event)) ?? {}
      return { status: 200, body: await marks.keep(id, JSON.stringify(answer)) }
    } catch (error) {
      failed?.(error, event)
      return failedOnce
    }
  }

  return async (headers, body) => {
    const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = headers
    if (id === undefined || at === undefined || signature === undefined) return unsigned
    const event = verify({ "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature }, body)
    if (event === undefined) return unsigned
    const running = underWay.get(id)
    if (running !== undefined) return running
    const reply = once(id, event).finally(() => underWay.delete(id))
    underWay.set(id, reply)
    return reply
  }
}
