import assert from "node:assert/strict";
import type { OutageCloud } from "../../offline/cloud/faults";
import { describeForeignReads, foreignReads } from "../../recovery/independence";
import { stateOf } from "./golden";
import { withCloudOff } from "./outage";
import { PLANTED_READS, plantedStack } from "./planted-reads";
import { makeProject, type Project, type Ran } from "./project";

const KEY = "awskms://alias/portfolio?region=us-west-2";
const IMAGE = "111122223333.dkr.ecr.us-west-2.amazonaws.com/shop:1";

/** With AWS off from the first command to the last, each planted read makes an update fail, or is named in what it leaves. */
describe("a read of AWS planted into a site of Google Cloud, with AWS switched off", function () {
  this.timeout(100_000);
  let project: Project;
  before(() => {
    project = makeProject({
      program: PLANTED_READS,
      stacks: {
        invoke: plantedStack("invoke"),
        image: plantedStack("image"),
        primary: plantedStack("none"),
        reference: plantedStack("reference"),
        "prod-gcp": plantedStack("none", `  platform:class: production\nsecretsprovider: ${KEY}\n`),
      },
    });
  });
  after(() => {
    project.remove();
  });

  const up = (stack: string) => project.platform("up", stack, "--offline", "--yes", "--skip-preview");
  const off = (stack: string): Promise<Ran> => withCloudOff(project, "aws", () => up(stack));
  const named = (stack: string, cloud: OutageCloud = "gcp") =>
    describeForeignReads(foreignReads({ cloud, resources: stateOf(project.root, stack).resources }));

  it("a data source is not answered, and its provider is named", async () => {
    const { code, stderr, stdout } = await off("invoke");
    assert.notEqual(code, 0);
    assert.match(
      stdout + stderr,
      /invoking aws:index\/getCallerIdentity:getCallerIdentity, exceeded maximum number of attempts/,
    );
    assert.match(
      stdout + stderr,
      /aws \(control, data\) is switched off, .* npx platform offline outage end --cloud aws/,
    );
    assert.match(
      named("invoke"),
      /::pulumi:providers:aws::aws: provider of AWS: it logs in to AWS before anything else; /,
    );
  });

  it("an image of ECR is not pulled: that workload alone is not ready, and the image is named", async () => {
    const { code, stderr, stdout } = await off("image");
    assert.notEqual(code, 0);
    const said = stdout + stderr;
    assert.match(
      said,
      /\[main\]\[ImagePullBackOff\] Back-off pulling image "111122223333\.dkr\.ecr\.us-west-2\.amazonaws\.com\/shop:1"/,
    );
    assert.match(
      said,
      /lookup 111122223333\.dkr\.ecr\.us-west-2\.amazonaws\.com: i\/o timeout; aws \(control, data\) is switched off/,
    );
    assert.equal(said.includes('pulling image "us-central1-docker.pkg.dev'), false);
    assert.equal(
      named("image"),
      "urn:pulumi:image::platform::kubernetes:apps/v1:Deployment::planted spec.template.spec.containers[0].image: " +
        `image ${IMAGE}: AWS serves it, and no new node gets it while that is off; push it to the registry of the site and name it there`,
    );
  });

  it("a key that AWS holds is refused before anything is deployed, and named", async () => {
    const { code, stderr } = await off("prod-gcp");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /Pulumi\.prod-gcp\.yaml: secretsprovider awskms:\/\/alias\/portfolio\?region=us-west-2 is a key of aws, which the state's cloud cannot use/,
    );
    assert.equal(
      describeForeignReads(foreignReads({ cloud: "gcp", resources: [], secretsProvider: KEY })),
      `secretsprovider of the stack's file: key ${KEY}: AWS holds the key, and without it the state cannot be read; ` +
        "use a key of Google Cloud: pulumi stack change-secrets-provider",
    );
  });

  it("a reference to the stack on AWS fails where that has no state, and is named where it has one", async () => {
    const { code, stderr, stdout } = await off("reference");
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /unknown stack "organization\/platform\/primary"/);
    assert.equal((await up("primary")).code, 0);
    const again = await off("reference");
    assert.equal(again.code, 0, again.stderr);
    assert.match(
      named("reference"),
      /: reference to stack organization\/platform\/primary: it reads the state of another stack/,
    );
  });
});
