/** Rows of a sparse matrix: for each row the columns that are not 0, and their values. */
export interface SparseRow {
  readonly columns: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

interface RidgeProblem {
  readonly rows: readonly SparseRow[];
  readonly targets: readonly number[];
  /** Columns of the matrix. */
  readonly width: number;
  /** Weight of the squared length of the solution. */
  readonly penalty: number;
}

interface RidgeSolution {
  readonly intercept: number;
  readonly weights: Float64Array;
}

const STEPS = 40;
const PRECISION = 1e-4;

/**
 * Ridge regression: the weights with the least sum of squared errors plus `penalty` times their squared length; the
 * intercept is the mean of the targets. Solved by conjugate gradients on the normal equations (Hestenes and Stiefel
 * 1952), which need the rows only as they are.
 */
export function solveRidge({ rows, targets, width, penalty }: RidgeProblem): RidgeSolution {
  const intercept = targets.reduce((sum, target) => sum + target, 0) / Math.max(1, targets.length);
  const weights = new Float64Array(width);
  const residual = transposed(rows, (row) => (targets[row] ?? 0) - intercept, width);
  const direction = Float64Array.from(residual);
  let length = dot(residual, residual);
  const enough = length * PRECISION ** 2;
  for (let step = 0; step < STEPS && length > enough; step++) {
    const image = transposed(rows, (row) => predict(rows[row]!, direction), width);
    for (let column = 0; column < width; column++) image[column]! += penalty * direction[column]!;
    const stride = length / dot(direction, image);
    for (let column = 0; column < width; column++) {
      weights[column]! += stride * direction[column]!;
      residual[column]! -= stride * image[column]!;
    }
    const next = dot(residual, residual);
    for (let column = 0; column < width; column++)
      direction[column] = residual[column]! + (next / length) * direction[column]!;
    length = next;
  }
  return { intercept, weights };
}

/** The row's part of a prediction, without an intercept. */
export function predict({ columns, values }: SparseRow, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < columns.length; index++) sum += (values[index] ?? 0) * (weights[columns[index]!] ?? 0);
  return sum;
}

function transposed(rows: readonly SparseRow[], factor: (row: number) => number, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (const [row, { columns, values }] of rows.entries()) {
    const by = factor(row);
    for (let index = 0; index < columns.length; index++) sums[columns[index]!]! += by * (values[index] ?? 0);
  }
  return sums;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}
