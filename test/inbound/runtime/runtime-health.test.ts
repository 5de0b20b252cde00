import { assert, describe, it } from "@effect/vitest"
import { answerTable, type ResponseSign, signOfReason, signOfStatus } from "../../../src/inbound/runtime/response.ts"
import {
  defaultRules as rules,
  type RuntimeHealth,
  type Judgement,
  judgeResponse,
  type EventState,
  initialHealth,
  untried
} from "../../../src/inbound/runtime/runtime-health.ts"

/** One process, at whose clock a test turns. */
const process = () => {
  let health: RuntimeHealth = initialHealth
  let now = 1_000_000
  const states = new Map<string, EventState>()
  const hear = (conversation: string, sign: ResponseSign, position = 1, refusals = 0): Judgement => {
    const key = `${conversation} ${position}`
    const judged = judgeResponse(rules, health, states.get(key) ?? untried, {
      conversation,
      position,
      sign,
      now,
      refusals
    })
    health = judged.health
    states.set(key, judged.state)
    return judged
  }
  return {
    hear,
    after: (millis: number) => void (now += millis),
    isAway: () => health.away !== undefined
  }
}

const signs: ReadonlyArray<ResponseSign> = ["refused", "busy", "unclear", "away", "unreached"]
const every = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n)

describe("G48 table of responses", () => {
  it("the table has one sign for each status, with and without Retry-After", () => {
    const ofSign = (sign: ResponseSign, retryAfter = false) =>
      every(100, 599).filter((status) => signOfStatus(status, retryAfter) === sign)
    const away = [...every(300, 399), 401, 403, 404, 405, 407, 421, 502, 504, 511, ...every(520, 530)]
    const unclear = [...every(100, 199), 408, 425, ...every(500, 599)].filter((status) => !away.includes(status))
    assert.deepStrictEqual(ofSign("taken"), every(200, 299))
    assert.deepStrictEqual(ofSign("busy"), [429])
    assert.deepStrictEqual(ofSign("busy", true), [429, 503])
    assert.deepStrictEqual(ofSign("away"), away)
    assert.deepStrictEqual(ofSign("unclear"), unclear)
    assert.deepStrictEqual(
      ofSign("refused"),
      every(400, 499).filter((status) => ![...away, ...unclear, 429].includes(status))
    )
    assert.deepStrictEqual(ofSign("unreached"), [])
  })

  it("the table has one sign for each transport failure, each in one row", () => {
    for (const reason of ["refused", "dns", "tls", "connect_timeout", "network", "signing_secret"]) {
      assert.strictEqual(signOfReason(reason), "unreached")
    }
    for (const reason of ["timeout", "connection_lost", "truncated"]) {
      assert.strictEqual(signOfReason(reason), "unclear")
    }
    const reasons = answerTable.flatMap((row) => row.reasons ?? [])
    assert.lengthOf(new Set(reasons), reasons.length)
  })
})

describe("G48 one conversation without others to compare", () => {
  it("a single response that any event could get marks the runtime as away", () => {
    for (const sign of ["away", "unreached"] as const) {
      const one = process()
      one.hear("a", sign)
      assert.isTrue(one.isAway())
    }
  })

  it("an unclear response marks the runtime as away only when it persists, and a Retry-After never does", () => {
    const one = process()
    one.hear("a", "unclear")
    one.after(rules.alone - 1)
    one.hear("a", "unclear")
    assert.isFalse(one.isAway())
    one.after(1)
    one.hear("a", "unclear")
    assert.isTrue(one.isAway())
    const other = process()
    for (let n = 0; n < 100; n++) {
      other.hear("a", "busy")
      other.after(60_000)
    }
    assert.isFalse(other.isAway())
  })

  it("refusals of a single event count only if other replicas deliver, since the runtime as a whole may be wrong", () => {
    const one = process()
    const counted: Array<readonly [number, string]> = []
    for (let second = 0; second <= 700; second += 10) {
      const { counts } = one.hear("a", "refused")
      if (counts !== undefined) counted.push([second, counts])
      one.after(10_000)
    }
    assert.deepStrictEqual(
      counted,
      [120, 240, 360, 480, 600].map((second) => [second, "elsewhere"])
    )
  })

  it("G33 refusals of an event before and after a delivered one count slowly, so that a poison event ends", () => {
    const one = process()
    one.hear("a", "refused")
    one.hear("other", "taken")
    const counted: Array<readonly [number, string]> = []
    for (let second = 0; second <= 400; second += 10) {
      const { counts } = one.hear("a", "refused")
      if (counts !== undefined) counted.push([second, counts])
      one.after(10_000)
    }
    assert.deepStrictEqual(counted, [
      [0, "others"],
      [120, "alone"],
      [240, "alone"],
      [360, "alone"]
    ])
  })

  it("refusals after the last delivered event do not count alone, however many events come one after the other", () => {
    const one = process()
    one.hear("other", "taken")
    for (let position = 1; position < 20; position++) {
      for (let minute = 0; minute < 15; minute++) {
        assert.notStrictEqual(one.hear("a", "refused", position).counts, "alone")
        one.after(60_000)
      }
      one.after(rules.forgetAfter)
    }
  })

  it("refusals do not count for the next event while no event is delivered", () => {
    const one = process()
    one.hear("a", "refused", 1)
    for (let n = 0; n < 10; n++) {
      one.after(60_000)
      one.hear("a", "refused", 1)
    }
    let counted = 0
    for (let n = 0; n < 100; n++) {
      one.after(1_000)
      counted += one.hear("a", "refused", 2).counts === undefined ? 0 : 1
    }
    assert.strictEqual(counted, 0)
    assert.isTrue(one.isAway())
  })
})

describe("G48 several conversations", () => {
  it("failures of five conversations at once, or of two over time, mark the runtime as away", () => {
    for (const sign of ["refused", "busy", "unclear"] as const) {
      const many = process()
      for (let n = 0; n < rules.atOnce; n++) {
        assert.isFalse(many.isAway())
        many.hear(`c${n}`, sign)
      }
      assert.isTrue(many.isAway())
      const two = process()
      two.hear("a", sign)
      two.hear("b", sign)
      assert.isFalse(two.isAway())
      two.after(rules.quiet)
      two.hear("a", sign)
      assert.isTrue(two.isAway())
    }
  })

  it("G33 refusals do not count while no event is delivered, however long all are refused", () => {
    const all = process()
    for (let n = 0; n < 1_000; n++) {
      for (const conversation of ["a", "b", "c"]) assert.isUndefined(all.hear(conversation, "refused").counts)
      all.after(1_000)
    }
  })

  it("refusals of one event beside delivered ones count every half minute, and do not mark the runtime as away", () => {
    const busy = process()
    const at: Array<number> = []
    for (let second = 0; second < 180; second++) {
      busy.hear(`other-${second}`, "taken")
      if (busy.hear("poison", "refused").counts === "others") at.push(second)
      assert.isFalse(busy.isAway())
      busy.after(1_000)
    }
    assert.deepStrictEqual(at, [0, 30, 60, 90, 120, 150])
  })

  it("refusals of two poison events both count once a third conversation is delivered", () => {
    const three = process()
    three.hear("p", "refused")
    three.hear("q", "refused")
    three.after(5_000)
    three.hear("p", "refused")
    assert.isTrue(three.isAway(), "nobody can tell them from a runtime that refuses everything")
    const counted = { p: 0, q: 0 }
    for (let n = 0; n < 20; n++) {
      three.hear("c", "taken", n)
      three.after(10_000)
      for (const poison of ["p", "q"] as const) counted[poison] += three.hear(poison, "refused").counts ? 1 : 0
      three.after(10_000)
      assert.isFalse(three.isAway())
    }
    assert.isAtLeast(Math.min(counted.p, counted.q), 5)
  })

  it("one event with a response that any event could get marks the runtime as away once", () => {
    const some = process()
    some.hear("lost", "away")
    assert.isTrue(some.isAway())
    for (let n = 0; n < 10; n++) {
      some.hear("other", "taken", n)
      some.after(60_000)
      some.hear("lost", "away")
      assert.isFalse(some.isAway())
    }
  })

  it("a restart of the process delays the next counted refusal", () => {
    const first = process()
    first.hear("other", "taken")
    assert.strictEqual(first.hear("poison", "refused").counts, "others")
    const second = process()
    second.hear("other", "taken")
    assert.isUndefined(second.hear("poison", "refused", 1, 1).counts, "not at once after each restart")
    second.after(rules.countEvery)
    second.hear("other", "taken", 2)
    assert.strictEqual(second.hear("poison", "refused", 1, 1).counts, "others")
  })
})

describe("G48 comparison", () => {
  it("a refusal is compared with deliveries since the event's last attempt, not with earlier ones", () => {
    const one = process()
    one.hear("other", "taken")
    const at: Array<number> = []
    for (let second = 0; second <= 400; second += 10) {
      if (one.hear("poison", "refused").counts === "others") at.push(second)
      one.after(10_000)
    }
    assert.deepStrictEqual(at, [0])
  })

  it("a refusal does not count when another event was refused a moment ago", () => {
    const two = process()
    two.hear("poison", "refused")
    two.hear("other", "taken")
    two.hear("poison", "refused")
    two.after(rules.countAloneEvery)
    two.hear("second", "refused")
    assert.isUndefined(two.hear("poison", "refused").counts)
    assert.isFalse(two.isAway())
  })
})

describe("G48 runtime away", () => {
  it("a runtime is back after a 2xx, but not after one that was already under way", () => {
    const away = judgeResponse(rules, initialHealth, untried, responseFor("a", "unreached")).health
    const late = judgeResponse(rules, away, untried, { ...responseFor("b", "taken"), stale: true }).health
    assert.strictEqual(late.away, "unreached")
    assert.isUndefined(judgeResponse(rules, late, untried, responseFor("b", "taken")).health.away)
  })

  it("a runtime is back when it refuses one event twice, and not when it refuses several", () => {
    const one = process()
    one.hear("a", "unreached")
    one.hear("a", "refused")
    assert.isTrue(one.isAway())
    one.hear("a", "refused")
    assert.isFalse(one.isAway())
    const two = process()
    two.hear("a", "unreached")
    for (let n = 0; n < 50; n++) {
      for (const conversation of ["a", "b"]) two.hear(conversation, "refused")
      two.after(5_000)
      assert.isTrue(two.isAway())
    }
  })
})

const responseFor = (conversation: string, sign: ResponseSign) => ({
  conversation,
  position: 1,
  sign,
  now: 0,
  refusals: 0
})

/** A generator of its own, so that a run that fails can be repeated by its seed. */
const chance = (seed: number) => {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe("G48 random sequences of responses", () => {
  it("no refusal counts while two or more events wait without delivery, and a 2xx marks the runtime as back", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const roll = chance(seed)
      const one = process()
      const conversations = 2 + roll(6)
      for (let n = 0; n < conversations; n++) one.hear(`c${n}`, signs[roll(signs.length)] ?? "refused")
      for (let n = 0; n < 200; n++) {
        one.after(roll(20_000))
        for (let of = 0; of < conversations; of++) {
          const { counts } = one.hear(`c${of}`, signs[roll(signs.length)] ?? "refused")
          assert.isUndefined(counts, `seed ${seed}`)
        }
      }
      one.hear("another", "taken")
      assert.isFalse(one.isAway(), `seed ${seed}`)
    }
  })

  it("counted refusals of one event are at least half a minute apart, or two minutes for a single event", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const roll = chance(seed)
      const one = process()
      let now = 0
      let last = Number.NEGATIVE_INFINITY
      for (let n = 0; n < 500; n++) {
        const step = roll(3_000)
        now += step
        one.after(step)
        const what = roll(4)
        if (what === 0) one.hear(`c${roll(3)}`, "taken", n)
        if (what === 1) one.hear(`c${roll(3)}`, signs[roll(signs.length)] ?? "refused", n)
        const { counts } = one.hear("poison", "refused")
        if (counts === undefined) continue
        assert.isAtLeast(now - last, counts === "others" ? rules.countEvery : rules.countAloneEvery, `seed ${seed}`)
        last = now
      }
    }
  })

  it("an event refused beside delivered ones is counted five times within four minutes", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const roll = chance(seed)
      const one = process()
      let counted = 0
      let now = 0
      while (now < 240_000) {
        const step = 500 + roll(15_000)
        now += step
        one.after(step)
        one.hear(`c${roll(5)}`, "taken", now)
        if (roll(3) === 0) one.hear("second poison", "refused")
        counted += one.hear("poison", "refused").counts === undefined ? 0 : 1
      }
      assert.isAtLeast(counted, 5, `seed ${seed}`)
    }
  })
})
