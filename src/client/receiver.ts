import type { Answer, RuntimeEvent } from "./event.ts"
import type { Marks } from "./marks.ts"
import { type SignedHeaders, verifier, type VerifyOptions } from "./verify.ts"

export interface ReceiverOptions extends VerifyOptions {
  readonly marks: Marks
  /**
   * Handles one event and says what is to be sent, if anything. Where it rejects, nothing is marked, 503 is answered and
   * the event comes again. Runs once an event, unless the process ends before its answer is kept.
   */
  readonly handle: (event: RuntimeEvent) => Promise<Answer | void> | Answer | void
  /** Told what `handle`, or the marks, failed with. */
  readonly failed?: (error: unknown, event: RuntimeEvent) => void
}

/** What is answered over HTTP. */
export interface Reply {
  readonly status: 200 | 401 | 503
  readonly body: string
}

/** Handles a delivery: verified, told from a duplicate, answered as the first time (G32). */
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
