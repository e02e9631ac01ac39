import { Firestore, Transaction } from "firebase-admin/firestore";

// Loaded into an instance of the functions before its program: prints how long each transaction took, and its commit alone.
// The library has no public way to tell the two apart.
const { runTransaction } = Firestore.prototype;
const { commit } = Transaction.prototype;
let commitMs = 0;

Transaction.prototype.commit = async function timed() {
  const began = performance.now();
  try {
    return await commit.call(this);
  } finally {
    commitMs = performance.now() - began;
  }
};

Firestore.prototype.runTransaction = async function timed(...args) {
  const began = performance.now();
  try {
    return await runTransaction.apply(this, args);
  } finally {
    process.stdout.write(`transaction ${performance.now() - began} ${commitMs}\n`);
  }
};
