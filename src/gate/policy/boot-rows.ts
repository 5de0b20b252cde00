import { ages, atLeast, boot, drill, none, anyWord, proof, row, sameAs, someOfIt, traffic } from "./build.ts"
import { clears } from "./clears.ts"

const { hours24, days14 } = ages

const maskedSecret = {
  maxAge: days14,
  by: drill("boot", "secret-masked", "absent"),
  facts: { required: someOfIt, refused: sameAs("required") }
}

const paused = { en: "paused, not refused", pt: "pausada, não recusada" }

/** Section 1.1 and 1.2: infrastructure, boot, secrets. */
export const bootRows = [
  row({
    id: "1.1.1",
    text: {
      en: "In staging and production the service does not start without every required secret",
      pt: "Em staging e production, o serviço não sobe sem todos os requisitos críticos: secrets obrigatórios"
    },
    kind: "drill",
    proofs: [proof("1.1.1", "R", maskedSecret), proof("1.1.1", "I", maskedSecret)],
    clears: clears.drillBoot
  }),
  row({
    id: "1.1.2",
    text: {
      en: "In staging and production the service does not start without the distributed dedupe store",
      pt: "Em staging e production, o serviço não sobe sem todos os requisitos críticos: dedupe store distribuído"
    },
    kind: "drill",
    proofs: [
      proof("1.1.2", "R", {
        by: drill("boot", "store-masked", "unreachable"),
        facts: { attempts: someOfIt, refused: sameAs("attempts") }
      })
    ],
    clears: clears.drillBoot
  }),
  row({
    id: "1.1.3",
    text: {
      en: "In staging and production the service does not start without credentials that the provider accepts",
      pt: "Em staging e production, o serviço não sobe sem todos os requisitos críticos: credenciais do provider válidas"
    },
    kind: "drill",
    proofs: [
      proof("1.1.3#probe", "C", {
        maxAge: hours24,
        by: boot,
        clears: clears.check,
        genuine: true,
        facts: { accounts: someOfIt, proven: sameAs("accounts") }
      }),
      proof("1.1.3#altered-token", "C", {
        maxAge: days14,
        by: drill("boot", "token-altered", "auth"),
        genuine: true,
        account: true,
        facts: { outcome: anyWord(["refused", "paused"], { failed: ["started"], notes: { paused } }), sends: none }
      })
    ],
    clears: clears.drillBoot
  }),
  row({
    id: "1.1.4",
    text: {
      en: "There is no silent fallback in staging or production",
      pt: "Não existe fallback silencioso em staging/prod"
    },
    kind: "boot",
    proofs: [proof("1.1.4", "R", { by: boot, facts: { services: someOfIt, memory: none, local: none } })],
    clears: clears.check
  }),
  row({
    id: "1.1.5",
    text: { en: "The log states that the boot was validated", pt: "Log explícito de boot validado" },
    kind: "boot",
    proofs: [proof("1.1.5", "R", { by: boot, facts: { checks: someOfIt, ok: sameAs("checks"), validated: someOfIt } })],
    clears: clears.restart
  }),
  row({
    id: "1.2.1",
    text: {
      en: "Every credential comes from a secret manager or vault",
      pt: "100% das credenciais vêm de Secret Manager / Vault"
    },
    kind: "boot",
    proofs: [
      proof("1.2.1", "I", {
        maxAge: days14,
        by: boot,
        sections: ["platform", "secrets"],
        facts: {
          source: anyWord(["vault", "gcp", "aws", "files_on_a_mount"], {
            failed: ["files_in_the_image"],
            hidden: ["files_of_unknown_mount"]
          })
        }
      })
    ],
    clears: clears.moveSecrets
  }),
  row({
    id: "1.2.2",
    text: {
      en: "No secret in environment variables, `.env` files, logs or exceptions",
      pt: "Nenhum secret em env vars hardcoded, arquivos `.env`, logs, exceptions"
    },
    kind: "drill",
    proofs: [
      proof("1.2.2#scan", "R", { by: boot, clears: clears.check, facts: { checks: atLeast(3), ok: sameAs("checks") } }),
      proof("1.2.2#canary", "R", {
        by: drill("leak-canary", "canary-planted", "clean"),
        facts: { canaries: atLeast(3), hits: none, lines: someOfIt, own_lines: someOfIt }
      })
    ],
    clears: clears.leakCanary
  }),
  row({
    id: "1.2.3",
    text: {
      en: "At least one secret was rotated by hand in staging",
      pt: "Rotação manual de pelo menos 1 secret testada em staging"
    },
    kind: "observed",
    proofs: [
      proof("1.2.3", "I", {
        by: traffic,
        genuine: true,
        account: true,
        facts: {
          changes: someOfIt,
          used: anyWord(["call", "webhook"], { hidden: ["unknown_version"] }),
          auth_failures: none,
          refused_webhooks: none
        }
      })
    ],
    clears: clears.rotate
  })
]
