// The guided tour, as data: eight scenes of about a minute, each with predictions that are checked at once.
// What is right is read from the engine's numbers; no scene holds a number of its own.

import type { Station } from "./stages";

export type Ask =
  | { kind: "number"; question: string; of: string; hint: string }
  | { kind: "sign"; question: string; of: string; positive: string; negative: string; hint: string }
  | { kind: "larger"; question: string; of: string; than: string; names: [string, string]; hint: string };

export type Scene = {
  title: string;
  text: string;
  problem: string;
  training?: Record<string, unknown>;
  row?: number;
  steps?: number;
  shown: [Station, number]; // how far the step has come: a station, and of the backward pass the layer
  select: string;
  nudge?: boolean;
  asks: Ask[];
};

export const scenes: Scene[] = [
  {
    title: "What a neuron does",
    text: "A neuron multiplies each input by a weight, adds the products and a bias, and squeezes the sum between 0 and 1: z = Σ w·x + b, a = σ(z).",
    problem: "and", row: 3, shown: ["forward", 0], select: "z1[0]",
    asks: [
      { kind: "number", question: "Both inputs are 1. What is z?", of: "z1[0]", hint: "Add both weights and the bias; they stand on the edges and under the unit." },
      { kind: "sign", question: "σ(0) is one half. Will a be above or below it?", of: "z1[0]", positive: "above", negative: "below", hint: "σ rises with z, and z is now known." },
    ],
  },
  {
    title: "The loss as a hill",
    text: "Every weight is a place on a hill whose height is the loss. Training looks at the slope where it stands and walks down.",
    problem: "and", shown: ["loss", 0], select: "W1[0,0]", nudge: true,
    asks: [
      { kind: "sign", question: "The dot is where the weight is now. Which way is up?", of: "dL_dW1[0,0]", positive: "to a larger weight", negative: "to a smaller weight", hint: "The dashed line is the slope at the dot." },
      { kind: "larger", question: "Which hill is steeper: that of weight W1[0,0] or that of bias b1[0]?", of: "dL_dW1[0,0]", than: "dL_db1[0]", names: ["W1[0,0]", "b1[0]"], hint: "The bias is multiplied by 1; the weight by its input, which is 0 in half of the rows." },
    ],
  },
  {
    title: "The chain rule by nudging",
    text: "Move W1[0,0] a little. Then z of its unit moves, then a, then the output, then the loss. Each step multiplies the movement by one factor; the slope of the loss is the product of all factors.",
    problem: "mazur", row: 0, shown: ["loss", 0], select: "W1[0,0]", nudge: true,
    asks: [
      { kind: "number", question: "z1[0] = W1[0,0]·x0 + … . By how much does z1[0] rise for each 1 that the weight rises?", of: "a0[0]", hint: "It is what the weight is multiplied by." },
      { kind: "larger", question: "δ1[0] is the slope by z. Which is larger: δ1[0] or the slope by the weight?", of: "delta1[0]", than: "dL_dW1[0,0]", names: ["δ1[0]", "∂L/∂W1[0,0]"], hint: "One is the other times x0." },
    ],
  },
  {
    title: "δ at the output",
    text: "At the output, δ is error times slope: how far the answer is from the target, times how much the answer moves with z.",
    problem: "mazur", row: 0, shown: ["loss", 0], select: "delta2[0]",
    asks: [
      { kind: "sign", question: "Output 0 answers far above its target. Which sign has its δ?", of: "delta2[0]", positive: "positive", negative: "negative", hint: "If z rises, the answer moves further away, and the loss rises." },
      { kind: "sign", question: "Output 1 answers below its target. Which sign has its δ?", of: "delta2[1]", positive: "positive", negative: "negative", hint: "If z rises, the answer comes closer." },
    ],
  },
  {
    title: "δ in a hidden layer",
    text: "A hidden unit has no target. It acts on the loss through every unit that it feeds: their δ come back over the same weights, are added, and are multiplied by the unit's own slope.",
    problem: "mazur", row: 0, shown: ["backward", 2], select: "delta1[0]",
    asks: [
      { kind: "sign", question: "The two outputs pull in opposite directions. Who wins in δ1[0]?", of: "delta1[0]", positive: "output 0, which is too high", negative: "output 1, which is too low", hint: "Compare weight times δ for both." },
      { kind: "larger", question: "Which δ is larger: that of output 0 or that of hidden unit 0?", of: "delta2[0]", than: "delta1[0]", names: ["output 0", "hidden unit 0"], hint: "Going back, it was multiplied by a weight below 1 and a slope of at most 1/4." },
    ],
  },
  {
    title: "∂L/∂w = δ · a",
    text: "The slope by a weight is the δ of the unit that it leads into, times what came in over it. In a batch the rows' products are added.",
    problem: "xor", row: 0, shown: ["loss", 0], select: "W1[0,0]",
    asks: [
      { kind: "number", question: "Row 0 has inputs 0 and 0. What does it add to the slope by W1[0,0]?", of: "a0[0]", hint: "Whatever δ is, it is multiplied by the input." },
      { kind: "larger", question: "Which layer's weight has the larger slope: W2[0,0] or W1[0,0]?", of: "dL_dW2[0,0]", than: "dL_dW1[0,0]", names: ["W2[0,0]", "W1[0,0]"], hint: "The further back, the more factors below 1." },
    ],
  },
  {
    title: "Update and learning rate",
    text: "Every weight takes a step against its slope; the learning rate η says how long the step is. Then the loop begins again.",
    problem: "mazur", row: 0, shown: ["backward", 1], select: "W2[0,0]",
    asks: [
      { kind: "sign", question: "W2[0,0] has a positive slope. Will the weight grow or shrink?", of: "update_W2[0,0]", positive: "grow", negative: "shrink", hint: "Down the hill is against the slope." },
      { kind: "number", question: "The rate is 0.5. By how much does W2[0,0] change? Give the sign, too.", of: "update_W2[0,0]", hint: "Minus rate times slope; the slope is the green number." },
    ],
  },
  {
    title: "A run that goes wrong",
    text: "A step that is too long lands on the other side of the valley, higher than before. Play a little and watch the curve; then ask Diagnose, which says what to change.",
    problem: "sine", training: { optimizer: "sgd", learning_rate: 2 }, steps: 1, shown: ["backward", 1], select: "loss",
    asks: [
      { kind: "sign", question: "Will the next step make the loss smaller or larger?", of: "real_change", positive: "larger", negative: "smaller", hint: "Look at how the curve went so far." },
      { kind: "sign", question: "The slope at this place promises a change of the loss. What does it promise?", of: "predicted_change", positive: "that it rises", negative: "that it falls", hint: "A step against the slope always promises to fall; the promise holds for short steps." },
    ],
  },
];
