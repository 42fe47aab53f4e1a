import { z } from "zod";
import { machineLearningFields, type MachineLearningDefaults } from "../machine-learning";
import { text, wholeNumber } from "../values";

/** https://learn.microsoft.com/azure/machine-learning/how-to-configure-auto-train#exit-criteria */
const leastRuntimeMinutes = 15;

/** Training of models by Azure Machine Learning. */
export function azureMachineLearningSettings(defaults: MachineLearningDefaults) {
  const fields = machineLearningFields(defaults, leastRuntimeMinutes);
  return z
    .strictObject({
      ...fields,
      target: fields.target.meta({ description: "Column that a model learns to tell" }),
      machine: text(/^Standard_\w+$/, "a size of Azure such as Standard_D4ds_v5")
        .default("Standard_D4ds_v5")
        .meta({ description: "Size of the machines that train; never changes" }),
      machines: wholeNumber(1, 100)
        .default(2)
        .meta({ description: "Machines at most; none run while nothing trains", unit: "machines" }),
    })
    .prefault({})
    .meta({ description: "Training of models" });
}

export type AzureMachineLearningSettings = z.output<ReturnType<typeof azureMachineLearningSettings>>;
