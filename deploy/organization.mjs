// Makes an organization and its first admin, who lets in everyone else through the API:
//   node deploy/organization.mjs PROJECT ORGANIZATION NAME EMAIL
// It works with your Application Default Credentials (`gcloud auth application-default login`) and can be repeated.
import { deleteApp, initializeApp } from "firebase-admin/app";
import { getAuth } from "firebase-admin/auth";
import { getFirestore } from "firebase-admin/firestore";

const [project, organization, name, email] = process.argv.slice(2);
if (!email) fail("node deploy/organization.mjs PROJECT ORGANIZATION NAME EMAIL");
if (!/^(?!__.*__$)[A-Za-z0-9_-]{1,64}$/.test(organization))
  fail("ORGANIZATION: 1 to 64 letters, digits, _ or -.");

const app = initializeApp({ projectId: project });
try {
  await makeOrganization(getFirestore(app), getAuth(app));
} finally {
  await deleteApp(app);
}

async function makeOrganization(firestore, auth) {
  const user = await userOf(auth);
  const { organizationId = organization } = user.customClaims ?? {};
  if (organizationId !== organization) throw new Error(`${email} belongs to ${organizationId} already.`);
  await firestore.runTransaction(async (transaction) => {
    const root = firestore.doc(`organizations/${organization}`);
    const { docs } = await transaction.get(root.collection("members").limit(2));
    if (docs.some(({ id }) => id !== user.uid)) {
      throw new Error(
        `${organization} has members already: its admins let others in, by PUT /api/members/{uid}.`,
      );
    }
    const member = { uid: user.uid, name: user.displayName ?? null, role: "admin" };
    transaction.set(root, { name }, { merge: true }).set(root.collection("members").doc(user.uid), member);
  });
  // Last: whoever holds these claims finds an organization.
  await auth.setCustomUserClaims(user.uid, {
    ...user.customClaims,
    organizationId: organization,
    role: "admin",
  });
  console.log(`${email} (${user.uid}) is admin of ${organization} from the next sign-in on.`);
}

/** The account with this address; a new one chooses its password by the link that is printed. */
async function userOf(auth) {
  try {
    return await auth.getUserByEmail(email);
  } catch (error) {
    if (error.code !== "auth/user-not-found") throw error;
  }
  const user = await auth.createUser({ email });
  console.log(`A new account; its password is set at\n  ${await auth.generatePasswordResetLink(email)}`);
  return user;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
