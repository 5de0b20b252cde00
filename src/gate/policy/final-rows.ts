import type { Section, Text } from "../words.ts"
import { atLeast, manifestDigest, proof, row, sameAs, someOfIt, traffic } from "./build.ts"
import { clears } from "./clears.ts"
import type { JudgeName } from "./policy.ts"

const built = (id: string, judge: JudgeName, text: Text) =>
  row({ id, text, kind: "build", bound: "B", judge, clears: clears.ci })

const compared = (id: string, sections: ReadonlyArray<Section | "connector">, text: Text) =>
  row({ id, text, kind: "parity", bound: "P", sections, judge: "parity", clears: clears.parity })

const derived = (id: string, derives: string, text: Text, judge: JudgeName = "derived") =>
  row({ id, text, kind: "derived", judge, derives, clears: clears.rows })

/** Section 1.3: runtime and build. */
export const runtimeRows = [
  built("1.3.1", "versions_agree", {
    en: "Dockerfile, `engines` and the pinned runtime agree",
    pt: "Dockerfile alinhado com Node / runtime suportado no monorepo e engines do `package.json`"
  }),
  built("1.3.2", "reproduced", {
    en: "The build is reproducible: the same commit gives the same image",
    pt: "Build reproduzível (mesmo commit → mesma imagem)"
  }),
  built("1.3.3", "results", {
    en: "Build, lint and test pass for the whole repository",
    pt: "Build/lint/test PASS no monorepo inteiro"
  })
]

/** Milliseconds for which the release before must have held all partitions. */
const heldMs = 60_000

/** Section 5: staging mirrors production. */
export const parityRows = [
  compared("5.1.1", ["platform"], {
    en: "Same infrastructure (Cloud Run, Workers, …)",
    pt: "Mesma infra (Cloud Run / Workers / etc.)"
  }),
  compared("5.1.2", ["store"], {
    en: "Same kind of Redis, KV or store",
    pt: "Mesmo tipo de Redis / KV / store"
  }),
  compared("5.1.3", ["store", "runtime"], { en: "Same dedupe policy", pt: "Mesma política de dedupe" }),
  compared("5.1.4", ["secrets", "connector"], { en: "Same required variables", pt: "Mesmas variáveis obrigatórias" }),
  row({
    id: "5.2.1",
    text: { en: "At least one rollback was done in staging", pt: "Pelo menos 1 rollback feito em staging" },
    kind: "observed",
    judge: "rollback",
    proofs: [
      proof("5.2.1", "S", {
        by: traffic,
        genuine: true,
        facts: {
          previous: manifestDigest,
          partitions: someOfIt,
          held: sameAs("partitions"),
          held_ms: atLeast(heldMs),
          deduped: someOfIt,
          effects: someOfIt,
          returned: someOfIt
        }
      })
    ],
    clears: clears.rollback
  }),
  row({
    id: "5.2.2",
    text: { en: "The earlier version starts and works", pt: "Versão anterior sobe e funciona" },
    kind: "observed",
    judge: "rollback",
    proofs: [
      proof("5.2.2", "S", {
        by: traffic,
        genuine: true,
        facts: { previous: manifestDigest, checks: someOfIt, ok: sameAs("checks"), effects: someOfIt }
      })
    ],
    clears: clears.rollback
  }),
  row({
    id: "5.2.3",
    text: { en: "The rollback needs no hand-made hotfix", pt: "Não exige hotfix manual" },
    kind: "build",
    bound: "B",
    judge: "rollback_built",
    clears: clears.rollback
  })
]

/** Section 6: final gate of promotion. */
export const promotionRows = [
  built("6.1.1", "suites", { en: "Acceptance criteria: 100 % OK", pt: "Critérios de Aceite: 100% OK" }),
  derived("6.1.2", "", { en: "Go/No-Go: 100 % OK", pt: "Go/No-Go: 100% OK" }),
  derived("6.1.3", "3.2:", { en: "Real traffic is validated", pt: "Tráfego real validado" }, "real_traffic"),
  derived("6.1.4", "3.1.", { en: "Side effects are deduplicated", pt: "Side-effects deduplicados" }),
  derived("6.1.5", "4.2.", { en: "Operations can diagnose failures", pt: "Operação consegue diagnosticar falhas" })
]
