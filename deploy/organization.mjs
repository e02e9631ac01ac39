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
  await makeOrganization(getFirestore(app).doc(`organizations/${organization}`), getAuth(app));
} catch (error) {
  fail(error.message);
} finally {
  await deleteApp(app);
}

async function makeOrganization(root, auth) {
  const known = await find(auth);
  const { organizationId = organization } = known?.customClaims ?? {};
  if (organizationId !== organization) throw new Error(`${email} belongs to ${organizationId} already.`);
  const members = root.collection("members");
  const { docs } = await members.limit(2).get();
  if (docs.some(({ id }) => id !== known?.uid))
    throw new Error(
      `${organization} has members already: its admins let others in, by PUT /api/members/{uid}.`,
    );
  const { uid, displayName: fullName = null, customClaims } = known ?? (await create(auth));
  await root.set({ name }, { merge: true });
  await members.doc(uid).set({ uid, name: fullName, role: "admin" });
  // Last: whoever holds these claims finds an organization.
  await auth.setCustomUserClaims(uid, { ...customClaims, organizationId: organization, role: "admin" });
  console.log(`${email} (${uid}) is admin of ${organization} from the next sign-in on.`);
}

async function find(auth) {
  try {
    return await auth.getUserByEmail(email);
  } catch (error) {
    if (error.code === "auth/user-not-found") return undefined;
    throw error;
  }
}

async function create(auth) {
  const user = await auth.createUser({ email });
  console.log(`A new account; its password is set at\n  ${await auth.generatePasswordResetLink(email)}`);
  return user;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
