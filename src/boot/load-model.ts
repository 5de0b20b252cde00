import { type DailyVolume, dailyEvents } from "./memory-model.ts"

/** Microseconds of processor time for each, rounded up from what the benches measure on one core of a virtual server. */
const microseconds = {
  /** `npm run bench -- deliveries`: from its webhook to its acknowledgement. */
  event: 300,
  /** `npm run bench -- sends` */
  sent: 400
} as const

/** Ratio of the busiest minutes of a day to its mean. */
export const peakFactor = 5
/** Part of its processor that a replica may use at the peak. */
const busyAtPeak = 0.5
/** Seconds that a call takes: the provider's answer to a send, and the runtime's answer to an event. */
const callSeconds = { provider: 0.5, runtime: 0.1 } as const
/** Connections that one replica opens at most: to the provider's address and to the runtime. */
const connectionLimit = { provider: 64, runtime: 256 } as const
/** Connections of one replica to each primary of the store: one, and another one while it starts. */
const storeConnections = 2

/** Replicas and connections of a deployment. */
export interface LoadPlan {
  /** Events and sends a second at the peak. */
  readonly eventsPerSecond: number
  readonly sendsPerSecond: number
  /** Replicas that carry the peak while one of them is down; at least two. */
  readonly replicas: number
  /** Connections that all replicas hold together at the peak. Those to the store are for each primary. */
  readonly connections: { readonly store: number; readonly provider: number; readonly runtime: number }
}

/** Returns the replicas and connections that the peak of such a day needs. */
export const loadOf = (volume: DailyVolume): LoadPlan => {
  const perSecond = (perDay: number) => (perDay * peakFactor) / 86_400
  const [events, sends] = [perSecond(dailyEvents(volume)), perSecond(volume.sent)]
  const busy = (events * microseconds.event + sends * microseconds.sent) / 1_000_000
  const provider = Math.ceil(sends * callSeconds.provider)
  const runtime = Math.ceil(events * callSeconds.runtime)
  const carrying = Math.max(busy / busyAtPeak, provider / connectionLimit.provider, runtime / connectionLimit.runtime)
  const replicas = Math.max(1, Math.ceil(carrying)) + 1
  return {
    eventsPerSecond: events,
    sendsPerSecond: sends,
    replicas,
    connections: { store: replicas * storeConnections, provider, runtime }
  }
}
