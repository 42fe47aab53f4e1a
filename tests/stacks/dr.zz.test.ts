import { deployStack, deployed, Deployed } from "./deployed";
import { changeTo } from "../components/azure/role";
it("x", async function () {
  this.timeout(120000);
  const standby = await deployed("dr");
  const active = await deployStack("dr", { role: "active" });
  console.log(changeTo(standby, active));
  console.log(changeTo(new Deployed({ ...active.run, cloud: standby.run.cloud }), standby));
});
