/** Effect that the simulator sends under `/_simulator/changes`; times in milliseconds since the epoch. */
export interface Effect {
  readonly at: number
  readonly messageId: string
  readonly to: string
  readonly type: string
  readonly text: string
}

/** A delivered webhook and its answer; status 0 when no answer came. */
export interface Delivery {
  readonly at: number
  readonly millis: number
  readonly attempt: number
  readonly kind: string
  readonly messageId: string
  readonly said?: { readonly from: string; readonly text: string }
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly status: number
  readonly admitted: boolean
  readonly deduped: boolean
}

/** A request of the gateway to the provider; status 0 when the provider cut the connection. */
export interface Call {
  readonly at: number
  readonly path: string
  readonly body: string
  readonly fault: string
  readonly status: number
  readonly answer: string
}

export interface Fault {
  readonly mode: string
  readonly times?: number
}

/** Everything that the simulator has sent, oldest first. */
export interface Changes {
  readonly effects: ReadonlyArray<Effect>
  readonly deliveries: ReadonlyArray<Delivery>
  readonly calls: ReadonlyArray<Call>
  readonly fault: Fault
}

export const nothing: Changes = { effects: [], deliveries: [], calls: [], fault: { mode: "none" } }

const kept = 500

export const add = <A>(list: ReadonlyArray<A>, one: A): ReadonlyArray<A> => [...list.slice(1 - kept), one]
