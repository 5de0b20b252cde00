import type { AccountContext } from "../../src/connector/account-context.ts"
import { appSecretProof } from "./app-secret-proof.ts"

/** Returns the credentials of every call for an account: its token, with a proof by the secret of the token's app. */
export const credentialsOf = ({ secret, digest }: Pick<AccountContext<unknown, unknown>, "secret" | "digest">) => {
  const token = secret("accessToken")
  return { token, proof: appSecretProof(digest, secret("appSecret"), token) }
}
