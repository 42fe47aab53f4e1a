// The runtime brings version 3 of the SDK: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { archive } from "./archive.mjs";

const client = new S3Client({});
const bucket = process.env.BUCKET;

/** Archives batches of the event stream in the lake. */
export function handler(event) {
  return archive(event, ({ key, body }) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/x-ndjson" })),
  );
}
