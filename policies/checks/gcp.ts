/** Members of IAM that stand for the internet, and for everybody with a Google account. */
const EVERYBODY = new Set(["allUsers", "allAuthenticatedUsers"]);

/** Whether a member is everybody: https://cloud.google.com/iam/docs/principals-overview */
export function isEverybody(member: string | undefined): boolean {
  return EVERYBODY.has(member ?? "");
}
