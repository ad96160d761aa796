import base64
import io
from unittest.mock import patch

from PIL import Image

from odoo.tests import tagged

from odoo.addons.orion_base.lib.errors import HostUnreachable, Rejected
from odoo.addons.orion_base.lib.safe_url import UnsafeUrl

from ..models import orion_product_image
from .publish_common import PublishCase

RED, BLUE = "https://shop.example/red.png", "https://shop.example/blue.png"


def png(color):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(buffer, "PNG")
    return buffer.getvalue()


def bomb():
    """A small file of a picture with 192 million pixels, each of which is a bit."""
    buffer = io.BytesIO()
    Image.new("1", (16_000, 12_000)).save(buffer, "PNG")
    return buffer.getvalue()


class Answer:
    def __init__(self, body):
        self.body = body


@tagged("post_install", "-at_install")
class TestPublishImages(PublishCase):
    def setUp(self):
        super().setUp()
        self.answers = {RED: png("red"), BLUE: png("blue")}
        self.calls = []

    def fetch(self, address, **options):
        self.calls.append(address)
        self.assertFalse(options["allow_private"])
        self.assertLessEqual(options["max_bytes"], 10 * 1024 * 1024)
        answer = self.answers[address]
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer)

    def fetch_pictures(self):
        self.calls.clear()
        with patch.object(orion_product_image, "fetch_url", self.fetch):
            for _step in self.channel._job_publish_images({}, {}):
                self.env.flush_all()

    def color(self, record):
        picture = Image.open(io.BytesIO(base64.b64decode(record.image_1920))).convert("RGB")
        return picture.getpixel((0, 0))

    def test_a_picture_is_fetched_once(self):
        product = self.published(1, image_link=RED)
        self.published(2, image_link=RED)
        self.fetch_pictures()
        self.assertEqual(self.calls, [RED], "once for both")
        self.assertEqual(self.color(product), (255, 0, 0))
        self.assertEqual(self.row(1).image_status, "done")
        self.fetch_pictures()
        self.assertFalse(self.calls)
        self.publish(self.data(1, image_link=RED, title="Autre"))
        self.fetch_pictures()
        self.assertFalse(self.calls, "the address is the same")

    def test_a_new_address_brings_a_new_picture_unless_the_store_has_its_own(self):
        changed, own = self.published(1, image_link=RED), self.published(2, image_link=RED)
        self.fetch_pictures()
        own.image_1920 = base64.b64encode(png("green"))
        self.publish(self.data(1, image_link=BLUE), self.data(2, image_link=BLUE))
        self.fetch_pictures()
        self.assertEqual(self.color(changed), (0, 0, 255))
        self.assertEqual(self.color(own), (0, 128, 0))
        self.assertEqual(self.row(2).image_status, "kept")

    def test_an_address_that_is_only_signed_anew_is_not_fetched_again(self):
        def signed(address, signature, version=1):
            return (
                f"{address}?v={version}&Expires=1{signature}&Signature=s{signature}~&X-Amz-Date=2"
            )

        first, second = signed(RED, "a"), signed(RED, "b")
        self.answers |= {first: png("red"), second: png("red"), signed(RED, "c"): png("red")}
        self.answers[signed(RED, "d", 2)] = png("blue")
        product = self.published(1, image_link=first)
        self.published(2, image_link=second)
        self.fetch_pictures()
        self.assertEqual(self.calls, [second], "once for both")
        self.publish(self.data(1, image_link=signed(RED, "c")))
        self.fetch_pictures()
        self.assertFalse(self.calls)
        self.publish(self.data(1, image_link=signed(RED, "d", 2)))
        self.fetch_pictures()
        self.assertEqual(len(self.calls), 1, "another picture")
        self.assertEqual(self.color(product), (0, 0, 255))

    def test_an_expired_address_is_fetched_once_it_is_signed_anew(self):
        old, new = f"{RED}?Signature=old", f"{RED}?Signature=new"
        self.answers |= {old: Rejected("expired"), new: png("red")}
        product = self.published(1, image_link=old)
        self.fetch_pictures()
        self.assertEqual(self.row(1).image_status, "failed")
        self.fetch_pictures()
        self.assertFalse(self.calls)
        self.publish(self.data(1, image_link=new))
        self.fetch_pictures()
        self.assertEqual((self.calls, self.row(1).image_status), ([new], "done"))
        self.assertEqual(self.color(product), (255, 0, 0))

    def test_a_picture_that_cannot_be_taken_keeps_none_behind_it_waiting(self):
        huge, damaged = "https://shop.example/huge.png", "https://shop.example/damaged.png"
        self.answers[huge] = bomb()
        self.answers[damaged] = png("red")[:20]
        for number, address in enumerate((huge, damaged, RED, BLUE), 1):
            self.published(number, image_link=address)
        self.fetch_pictures()
        status = {number: self.row(number).image_status for number in (1, 2, 3, 4)}
        self.assertEqual(status, {1: "failed", 2: "failed", 3: "done", 4: "done"})
        self.assertIn("million pixels", self.row(1).image_error)
        self.fetch_pictures()
        self.assertFalse(self.calls, "neither becomes better")

    def test_trouble_of_the_moment_is_tried_three_times_the_rest_once(self):
        unsafe = "https://shop.example/unsafe.png"
        page = "https://shop.example/page.png"
        gone = "https://shop.example/gone.png"
        self.answers |= {
            RED: HostUnreachable("no"),
            unsafe: UnsafeUrl("no"),
            gone: Rejected("no"),
            page: b"<html></html>",
        }
        for number, address in enumerate((RED, unsafe, gone, page), 1):
            self.published(number, image_link=address)
        self.fetch_pictures()
        self.assertEqual(len(self.calls), 4)
        schedule = self.channel._job_schedule("publish_images")
        self.assertTrue(schedule.enabled, "tried again later")
        for _again in range(2):
            self.fetch_pictures()
            self.assertEqual(self.calls, [RED])
        self.assertFalse(schedule.enabled)
        self.fetch_pictures()
        self.assertFalse(self.calls)
        self.assertEqual(self.row(1).image_attempts, 3)
        self.assertIn("no picture", self.row(4).image_error)
        self.assertEqual(self.row(4).image_status, "failed")

    def test_variants_with_their_own_and_with_one_picture(self):
        values = {"item_group_id": "G", "size": "M"}
        self.publish(
            self.data(1, color="Rouge", image_link=RED, **values),
            self.data(2, color="Bleu", image_link=BLUE, **values),
            self.data(3, color="Bleu", image_link=BLUE, **{**values, "size": "L"}),
        )
        self.fetch_pictures()
        self.assertEqual(sorted(self.calls), [BLUE, RED])
        self.assertEqual(self.color(self.row(1).product_id), (255, 0, 0))
        self.assertEqual(self.color(self.row(3).product_id), (0, 0, 255))

    def test_a_variant_that_moves_to_another_group_has_its_picture_there(self):
        def row(number, group, color, address):
            return self.data(number, item_group_id=group, color=color, image_link=address)

        self.publish(row(1, "A", "Rouge", RED), row(2, "A", "Bleu", BLUE))
        self.fetch_pictures()
        former = self.row(2).product_id
        self.assertTrue(former.image_variant_1920)
        self.publish(row(1, "A", "Rouge", RED), row(2, "B", "Bleu", BLUE))
        self.assertFalse(former.exists(), "the feed's picture is no change of the store's")
        self.fetch_pictures()
        self.assertEqual(self.calls, [BLUE])
        self.assertEqual(self.color(self.row(2).product_id), (0, 0, 255))

    def test_only_what_is_published_and_of_the_web(self):
        self.stage(self.data(1, image_link=RED))
        self.published(2, image_link="file:///etc/passwd")
        self.assertTrue(self.env["orion.product.image"]._has_work(self.channel))
        self.row(1).unpublish()
        self.assertFalse(self.env["orion.product.image"]._has_work(self.channel))
